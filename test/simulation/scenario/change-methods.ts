import type {
  ChangeContext,
  ChangeDefinition,
  ChangeMethod,
  Verdict,
} from '../../../lib/core/model/change.js';
import type { Clients } from '../../../lib/core/model/target-system.js';
import type { ChangeShape } from '../model/change-shape.js';
import type { Effect } from '../model/effect.js';
import type { AttemptFacts } from '../model/facts.js';
import { SimulatedClient } from '../systems/simulated-client.js';
import type { Surroundings } from '../systems/simulated.audit-store.js';
import type { FaultProfile } from '../world/fault-profile.js';
import { EXTRA } from './edition.js';

/** The change as one process of the simulation has it. */
export function changeOf(shape: ChangeShape, around: Surroundings): ChangeDefinition {
  const { id, index, targetSystem, transactional, recovery, hasRollback, timeoutMs } = shape;
  return {
    id,
    order: String(index + 1).padStart(4, '0'),
    author: 'simulation',
    targetSystem,
    stage: 'default',
    ...(transactional !== undefined && { transactional }),
    recovery,
    profiles: shape.isExtra ? [EXTRA] : [],
    ...(timeoutMs !== undefined && { timeoutMs }),
    outsideTransaction: 'fail',
    description: null,
    ticket: null,
    metadata: null,
    className: `Change${index + 1}`,
    origin: 'simulation',
    apply: method('apply', around, (call) => act(shape, around, call, 'write')),
    ...(hasRollback && {
      rollback: method('rollback', around, (call) => act(shape, around, call, 'remove')),
    }),
    withoutRollback: !hasRollback,
    ...(shape.verify !== 'none' && {
      verify: method('verify', around, (call) => verify(shape, around, call)),
    }),
  };
}

/** One call of a method of a change. */
interface MethodCall {
  readonly client: SimulatedClient;
  readonly context: ChangeContext;
  readonly facts: AttemptFacts;
}

function method(
  name: string,
  { ledger }: Surroundings,
  body: (call: MethodCall) => Promise<unknown>,
): ChangeMethod {
  return {
    name,
    invoke: async (clients, context) =>
      body({ client: clientOf(clients), context, facts: ledger.facts.of(context) }),
  };
}

function clientOf([{ instance }]: Clients): SimulatedClient {
  if (instance instanceof SimulatedClient) return instance;
  throw new TypeError('the engine handed out something else than a client');
}

/** Writes or removes the parts one by one; may fail or dawdle on the way. */
async function act(
  shape: ChangeShape,
  { process, wire: { faultProfile }, ledger }: Surroundings,
  { client, context, facts }: MethodCall,
  kind: Effect['kind'],
): Promise<void> {
  const { random } = process.world;
  const drawn = random.chance(faultProfile.failure) ? random.int(0, shape.parts) : -1;
  const failsAt = failsEarly(shape, context, faultProfile) ? 0 : drawn;
  const dawdlesAt = random.chance(faultProfile.failure / 2) ? random.int(0, shape.parts) : -1;
  for (let part = 0; part <= shape.parts; part++) {
    if (part === dawdlesAt) await process.clock.sleep(random.between(50, 5_000));
    if (shape.heedsSignal && context.signal.aborted) throw context.signal.reason;
    if (part === failsAt) {
      const thrown = thrownBy(shape, part);
      ledger.saw(thrown === undefined ? `${kind} threw undefined` : `${kind} threw`);
      throw thrown;
    }
    if (part === shape.parts) break;
    const isDefinition = shape.hasDefinition && part === shape.parts - 1;
    const acted = client.act({ kind, changeId: shape.id, part }, isDefinition);
    if (!shape.forgetsAwait || part < shape.parts - 1) await acted;
    else void acted.catch(() => ledger.saw('a forgotten call failed'));
  }
  if (!client.isLive) return;
  if (kind === 'write') facts.applyReturned = true;
  else facts.rollbackReturned = true;
}

/** Where the first attempt may have broken its transaction open, the second often fails before it does anything itself. */
function failsEarly(
  { hasDefinition, index }: ChangeShape,
  { attempt }: ChangeContext,
  { failure }: FaultProfile,
): boolean {
  return hasDefinition && attempt === 2 && failure > 0 && index % 2 === 0;
}

/** Not everything that is thrown is an error. */
function thrownBy({ id, index }: ChangeShape, part: number): unknown {
  return index % 3 === 1 ? undefined : new Error(`${id} fails at part ${part}`);
}

async function verify(
  shape: ChangeShape,
  { process, wire: { faultProfile } }: Surroundings,
  { client, facts }: MethodCall,
): Promise<Verdict> {
  facts.verdict = undefined;
  const { random } = process.world;
  const present = await client.count(shape.id);
  const clueless = shape.verify === 'fickle' && random.chance(faultProfile.failure);
  if (clueless && random.chance(0.5)) throw new Error(`${shape.id} cannot be verified`);
  const partly = present > 0 && present < shape.parts;
  const verdict = clueless || partly ? 'unknown' : present === shape.parts;
  // Nobody hears an answer that comes after the timeout.
  if (client.isLive) facts.verdict = verdict;
  return verdict;
}
