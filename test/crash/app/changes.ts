import type {
  ChangeContext,
  ChangeDefinition,
  ChangeMethod,
  Verdict,
} from '../../../lib/core/model/change.js';
import type { Clients } from '../../../lib/core/model/target-system.js';
import type { Effects, EffectsOf } from './effects.js';
import type { ChangeSpec } from './messages.js';
import type { Announcer } from './steps.js';

/** The change that a spec describes; every place in it where a crash may strike is announced. */
export function changeOf(
  spec: ChangeSpec,
  index: number,
  effectsOf: EffectsOf,
  steps: Announcer,
): ChangeDefinition {
  const method = (name: string, body: Body): ChangeMethod => ({
    name,
    invoke: (clients: Clients, context: ChangeContext) =>
      body({ effects: effectsOf(clients, spec.id), steps, spec, attempt: context.attempt }),
  });
  return {
    id: spec.id,
    order: String(index + 1).padStart(4, '0'),
    author: 'crash-test',
    targetSystem: spec.target,
    stage: 'default',
    transactional: spec.transactional,
    recovery: spec.recovery ?? 'manual-intervention',
    profiles: [],
    outsideTransaction: 'fail',
    description: null,
    ticket: null,
    metadata: null,
    className: `Change_${spec.id}`,
    origin: 'AppModule',
    apply: method('apply', apply),
    rollback: method('rollback', rollBack),
    withoutRollback: false,
    ...(spec.verify && { verify: method('verify', verify) }),
  };
}

interface Act {
  readonly effects: Effects;
  readonly steps: Announcer;
  readonly spec: ChangeSpec;
  readonly attempt: number;
}

type Body = (act: Act) => Promise<unknown>;

async function apply({ effects, steps, spec, attempt }: Act): Promise<void> {
  await steps.at(`${spec.id} apply begins`);
  await effects.add('first', attempt);
  if (spec.ddl) await effects.createTable();
  await steps.at(`${spec.id} apply half done`);
  if (spec.fails) throw new Error(`${spec.id} fails half way`);
  await effects.add('second', attempt);
  await steps.at(`${spec.id} apply done`);
}

async function rollBack({ effects, steps, spec }: Act): Promise<void> {
  await steps.at(`${spec.id} rollback begins`);
  await effects.remove('second');
  await steps.at(`${spec.id} rollback half done`);
  await effects.remove('first');
  await steps.at(`${spec.id} rollback done`);
}

async function verify({ effects, steps, spec }: Act): Promise<Verdict> {
  await steps.at(`${spec.id} verify begins`);
  if (spec.verify === 'wonders') return 'unknown';
  const parts = await effects.parts();
  return parts.has('first') && parts.has('second');
}
