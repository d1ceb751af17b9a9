import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { verifyAudit } from '../../lib/core/engine/on-request/verify-audit.js';
import type { AuditEntry } from '../../lib/core/model/audit-entry.js';
import { isError } from '../../lib/core/text/error-text.js';
import { LivingApp } from './app.js';
import { bringAbout, type Fault } from './fault.js';
import type { FaultyKind } from './faulty-server.js';
import { type Cast, type Casting, setStage, type Stage } from './stage.js';

/** How a run ends: well, or with an error of this class. */
export type Ending = 'well' | 'ChangeFailedError' | 'AuditStoreError' | 'TargetSystemError' | 'LockLostError';

/** One fault at one step. */
export interface FaultRow {
  readonly casting: Casting;
  /** When the run is about to do what follows this step. */
  readonly at: string;
  readonly fault: Fault;
  /** In the request whose answer is lost. */
  readonly request?: string;
  /** How the run in which it happens may end. */
  readonly ends: readonly Ending[];
  /** Played on PostgreSQL by `npm test`; the campaign plays the others, and all of them on the other servers. */
  readonly always?: boolean;
  /** Of the run in which it happens. @default 8 s, of which a server that is restarted needs a part */
  readonly leaseMs?: number;
}

const LEASE_MS = 8_000;
const TEST_TIMEOUT_MS = 60_000;

/** MongoDB's driver rules have a transaction that was given up with its connection begun again. */
export function mongoRedoes(kind: FaultyKind, ends: readonly Ending[]): readonly Ending[] {
  return kind === 'mongodb' && ends.includes('ChangeFailedError') ? ['well', ...ends] : ends;
}

/** Declares the rows of one server, which is started before them. */
export function faultRows(kind: FaultyKind, rows: readonly FaultRow[]): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(kind);
  }, TEST_TIMEOUT_MS);
  afterAll(() => stage.close(), TEST_TIMEOUT_MS);

  for (const row of rows)
    it(`${row.casting}, ${row.at}: ${row.fault}`, () => play(stage, row), TEST_TIMEOUT_MS);
}

/** A machine that stands still for the most of a short lease loses it: then that is not what the row shows, and a longer one is taken. */
async function play(stage: Stage, row: FaultRow): Promise<void> {
  let leaseMs = row.leaseMs ?? LEASE_MS;
  while (!(await playOnce(stage, { ...row, leaseMs }))) leaseMs *= 2;
}

/** @returns false when the run ended for the shortness of its lease alone */
async function playOnce(stage: Stage, row: FaultRow & { readonly leaseMs: number }): Promise<boolean> {
  const cast = stage.cast(row.casting);
  const app = await LivingApp.start(cast.app);
  try {
    const end = await runIntoFault(stage, app, row);
    const isTooShort = end === 'LockLostError' && row.leaseMs < LEASE_MS && !row.ends.includes(end);
    if (!isTooShort) expect(row.ends).toContain(end);
    const next = await app.run(LEASE_MS);
    expect(next.error).toBeUndefined();
    if (!isTooShort) expect(next.report.status).toBe(end === 'well' ? 'nothing-to-do' : 'succeeded');
    await expectRest(app, cast);
    return !isTooShort;
  } finally {
    await app.close();
  }
}

/** @returns how the run ended */
async function runIntoFault(
  { server }: Stage,
  app: LivingApp,
  row: FaultRow & { readonly leaseMs: number },
): Promise<string> {
  const underWay: { heal?: () => Promise<void> } = {};
  app.when(row.at, async () => {
    Object.assign(underWay, await bringAbout(row.fault, server, row.request ?? ''));
  });
  try {
    const { report, error } = await app.run(row.leaseMs);
    expect(app.hasSprung).toBe(true);
    // The person who reads it learns of the network, not of code that stumbled over it.
    expect(namesIn(error)).not.toContain('TypeError');
    if (!error) expect(report.changes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    return error?.name ?? 'well';
  } finally {
    await underWay.heal?.();
  }
}

/** Of the error and of what caused it. */
function namesIn(error: unknown): string[] {
  return isError(error) ? [error.name, ...namesIn(error.cause)] : [];
}

/** Nothing is lost, nothing is there twice, the record is whole, and there is nothing left to do. */
async function expectRest(app: LivingApp, cast: Cast): Promise<void> {
  app.takeSteps();
  expect((await app.run(LEASE_MS)).report.status).toBe('nothing-to-do');
  // What was given up in the run before may be answered only now.
  expect(app.takeSteps().filter((step) => step.startsWith('before'))).toEqual([]);
  const store = cast.audit.store(cast.app.namespace);
  expect(await verifyAudit({ store })).toMatchObject({ intact: true });
  const entries: AuditEntry[] = [];
  for await (const entry of store.history()) entries.push(entry);
  const effects = await effectsIn(cast);
  for (const { id, transactional } of cast.app.changes)
    expectAppliedOnce(
      entries.filter(({ changeId }) => changeId === id),
      effects.filter((effect) => effect.startsWith(`${id}/`)),
      { id, mayLeaveHalf: transactional === false },
    );
}

function expectAppliedOnce(
  entries: readonly AuditEntry[],
  effects: readonly string[],
  { id, mayLeaveHalf }: { readonly id: string; readonly mayLeaveHalf: boolean },
): void {
  const states = entries.map(({ state }) => state);
  expect(states.filter((state) => state === 'APPLIED')).toHaveLength(1);
  expect(states.at(-1)).toBe('APPLIED');
  const attempt = entries.at(-1)?.attempt;
  expect(states.filter((state) => state === 'STARTED')).toHaveLength(Number(attempt));
  expect(effects.filter((effect) => effect.includes('second'))).toEqual([`${id}/second#${attempt}`]);
  expect(effects).toContain(`${id}/first#${attempt}`);
  // The half of a plain change goes only by its own @Rollback, and that needs the server too.
  if (!mayLeaveHalf) expect(effects).toHaveLength(2);
}

async function effectsIn({ app, effects }: Cast): Promise<readonly string[]> {
  if (effects) return effects.left(app.namespace);
  const { target } = app.targets;
  const root = target?.kind === 'folder' ? target.root : '';
  return ['a', 'b'].flatMap((id) =>
    existsSync(join(root, id))
      ? readdirSync(join(root, id))
          .map((name) => `${id}/${name}`)
          .sort()
      : [],
  );
}
