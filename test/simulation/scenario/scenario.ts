import type { ChangeShape, VerifyKind } from '../model/change-shape.js';
import { drawWeather, type FaultProfile } from '../world/fault-profile.js';
import type { Random } from '../world/random.js';
import type { ClockTraits } from '../world/simulated-process.js';
import { drawEdition, type Edition, WHOLE } from './edition.js';

/** A target system of a schedule. */
export interface TargetShape {
  readonly id: string;
  readonly kind: 'shared' | 'marker' | 'plain';
  readonly commitsImplicitly: boolean;
}

/** A machine that boots the app. */
export interface ReplicaShape {
  readonly host: string;
  readonly traits: ClockTraits;
  readonly firstBoot: number;
  /** How often it starts again after it crashed or failed. */
  readonly reboots: number;
  readonly edition: Edition;
  /** When a stop is asked for, in milliseconds after each boot. */
  readonly stopAfter: number | undefined;
}

/** By hand, at the end of the audit. */
export type Cut = 'some entries' | 'all entries' | 'the record' | 'the last entry replaced';

/** What happens to an audit store. */
export type Mishap =
  | { readonly kind: 'dropped' }
  /** @param backupAt - when the backup was taken, in milliseconds */
  | { readonly kind: 'restored'; readonly backupAt: number }
  | { readonly kind: 'cut'; readonly cut: Cut };

/** Everything that a seed decides before the first step. */
export interface Scenario {
  readonly targets: readonly [TargetShape, ...TargetShape[]];
  readonly changes: readonly ChangeShape[];
  readonly replicas: readonly ReplicaShape[];
  readonly faultProfile: FaultProfile;
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly lockWaitMs: number;
  readonly storeSkew: number;
  /** The audit store tells no time. */
  readonly judgedByWatching: boolean;
  /** How many of the first changes another tool has applied before; its record is imported. */
  readonly imported: number;
  /** Another app, with changes of its own under the same ids and an audit store of its own, on the same target systems. */
  readonly neighbour: Pick<Scenario, 'changes' | 'replicas'> | undefined;
  /** What happens to the audit store when nothing runs; then all boot again. */
  readonly mishap: Mishap | undefined;
  /** When an operator undoes something, and when one resolves; in milliseconds. */
  readonly undoAt: readonly number[];
  readonly resolveAt: readonly number[];
}

/** Draws a scenario. */
export function drawScenario(random: Random): Scenario {
  const targets = drawTargets(random);
  const leaseMs = random.pick([1_500, 2_500, 4_000]);
  const drawn = {
    targets,
    changes: drawChanges(random, targets, random.chance(0.8) ? 1 : 0.6),
    replicas: Array.from({ length: random.int(1, random.pick([1, 2, 3, 5])) }, (_, index) =>
      drawReplica(random, index),
    ),
    faultProfile: drawWeather(random),
    leaseMs,
    waitMs: random.pick([1_000, 30_000]),
    lockWaitMs: random.pick([500, 3_000]),
    storeSkew: random.between(-HOUR, HOUR),
    undoAt: moments(random, random.chance(0.4) ? random.int(1, 3) : 0, 6_000),
    resolveAt: moments(random, random.chance(0.15) ? 1 : 0, 8_000),
  };
  // One in four; a clock that nobody reads is not missed.
  return withNews(random, { ...drawn, judgedByWatching: drawn.storeSkew < -HOUR / 2 });
}

/** What few schedules have, so that the others stay as they are. */
function withNews(random: Random, drawn: Omit<Scenario, 'imported' | 'neighbour' | 'mishap'>): Scenario {
  const mixes = random.chance(0.12);
  const edited = mixes
    ? {
        changes: drawn.changes.map((shape) => ({ ...shape, isExtra: random.chance(0.25) })),
        replicas: drawn.replicas.map((replica) => ({ ...replica, edition: drawEdition(random) })),
      }
    : {};
  return {
    ...drawn,
    ...edited,
    imported: random.chance(0.04) ? random.int(1, drawn.changes.length) : 0,
    neighbour: random.chance(0.06) ? drawNeighbour(random, drawn.targets) : undefined,
    mishap: drawMishap(random),
  };
}

function drawNeighbour(random: Random, targets: Scenario['targets']): Scenario['neighbour'] {
  return {
    changes: drawChanges(random, inNeighbour(targets), 1),
    replicas: Array.from({ length: random.int(1, 2) }, (_, index) => ({
      ...drawReplica(random, index),
      host: `other-${index + 1}`,
    })),
  };
}

/** What shares a database with the audit store of the one is elsewhere for the other. */
export function inNeighbour([first, ...more]: Scenario['targets']): Scenario['targets'] {
  const moved = (target: TargetShape): TargetShape =>
    target.kind === 'shared' ? { ...target, kind: 'marker' } : target;
  return [moved(first), ...more.map(moved)];
}

function drawMishap(random: Random): Mishap | undefined {
  const drawn = random.next();
  if (drawn < 0.03) return { kind: 'dropped' };
  if (drawn < 0.07) return { kind: 'restored', backupAt: random.between(20, random.pick([300, 1_500])) };
  if (drawn > 0.1) return undefined;
  const cut = random.pick<Cut>(['some entries', 'all entries', 'the record', 'the last entry replaced']);
  return { kind: 'cut', cut };
}

const HOUR = 3_600_000;

function moments(random: Random, count: number, latest: number): number[] {
  return Array.from({ length: count }, () => random.between(100, latest));
}

function drawTargets(random: Random): [TargetShape, ...TargetShape[]] {
  const target = (id: string): TargetShape => {
    const kind = random.pick<TargetShape['kind']>(['shared', 'marker', 'marker', 'plain']);
    return { id, kind, commitsImplicitly: kind !== 'plain' && random.chance(0.35) };
  };
  const all: [TargetShape, ...TargetShape[]] = [target('T1')];
  for (let more = random.int(0, 2); more > 0; more--) all.push(target(`T${all.length + 1}`));
  return all;
}

function drawChanges(random: Random, targets: Scenario['targets'], rollback: number): ChangeShape[] {
  return Array.from({ length: random.int(1, random.pick([3, 5, 8])) }, (_, index) =>
    drawChange(random, index, random.pick(targets), rollback),
  );
}

function drawChange(random: Random, index: number, target: TargetShape, rollback: number): ChangeShape {
  const aside = target.kind !== 'plain' && random.chance(0.15);
  const strategy = aside ? 'plain' : target.kind;
  const hasDefinition = strategy !== 'plain' && target.commitsImplicitly && random.chance(0.6);
  return {
    id: `c${index + 1}`,
    index,
    targetSystem: target.id,
    strategy,
    transactional: aside ? false : undefined,
    parts: random.int(1, 3),
    hasDefinition,
    recovery: random.chance(0.4) ? 'always-retry' : 'manual-intervention',
    verify: drawVerify(random),
    hasRollback: random.chance(rollback),
    timeoutMs: random.chance(0.15) ? random.int(200, 1_500) : undefined,
    forgetsAwait: strategy !== 'plain' && !hasDefinition && random.chance(0.1),
    heedsSignal: random.chance(0.5),
    isExtra: false,
  };
}

function drawVerify(random: Random): VerifyKind {
  return random.pick(['none', 'none', 'none', 'truthful', 'truthful', 'fickle']);
}

function drawReplica(random: Random, index: number): ReplicaShape {
  return {
    host: `host-${index + 1}`,
    traits: {
      skew: random.chance(0.3) ? random.between(-5 * HOUR, 5 * HOUR) : 0,
      rate: random.between(0.97, 1.03),
    },
    firstBoot: random.between(0, 200) + (random.chance(0.3) ? random.between(0, 3_000) : 0),
    reboots: random.int(0, 3),
    edition: WHOLE,
    stopAfter: random.chance(0.2) ? random.between(0, 500) : undefined,
  };
}
