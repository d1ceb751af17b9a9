import { type Cases, registerCases } from '../contract-cases.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { RecoveryBench, type Scenarios } from './recovery.bench.js';
import type { RecoveryPair } from './recovery.pair.js';
import { CLOCKS } from './scenarios/clocks.scenarios.js';
import { IDENTITIES } from './scenarios/identities.scenarios.js';
import { LOCK } from './scenarios/lock.scenarios.js';
import { ONE_CHANGE } from './scenarios/one-change.scenarios.js';
import { OPERATORS, TAMPERED } from './scenarios/operators.scenarios.js';
import { PLAIN_CHANGE } from './scenarios/plain-change.scenarios.js';
import { RESTORED } from './scenarios/restored.scenarios.js';
import { SETTLED } from './scenarios/settled.scenarios.js';
import { STOPPING } from './scenarios/stopping.scenarios.js';
import {
  STORE_FAILS,
  STORE_FAILS_APART,
  STORE_FAILS_CUT,
  STORE_FAILS_MARKER,
  STORE_FAILS_PLAIN,
  STORE_FAILS_TRANSACTIONAL,
} from './scenarios/store-fails.scenarios.js';
import {
  IMPLICIT_COMMIT,
  MARKER_CHANGE,
  SHARED_CHANGE,
  TRANSACTIONAL_CHANGE,
} from './scenarios/transactional-change.scenarios.js';
import { UNDO, UNDO_MARKER, UNDO_PLAIN, UNDO_TRANSACTIONAL } from './scenarios/undo.scenarios.js';

/**
 * Registers the scenarios of recovery that make sense for an audit store and a target system that work together:
 * faults are injected, the engine runs, and rows, effects and report are compared.
 *
 * @example recoveryContract({ describe, it, beforeAll, afterAll }, pair);
 */
export function recoveryContract(runner: ContractRunner, pair: RecoveryPair): void {
  const bench = new RecoveryBench(pair);
  runner.describe(`recovery: ${pair.name} (${pair.strategy})`, () => {
    runner.beforeAll(() => bench.start(), CONTRACT_TIMEOUT_MS);
    runner.afterAll(() => bench.stop(), CONTRACT_TIMEOUT_MS);
    for (const [subject, scenarios] of Object.entries(scenariosFor(pair)))
      registerCases(runner, subject, bench, asCases(scenarios));
  });
}

/** The scenarios by subject, without those that the pair cannot run. */
function scenariosFor({ strategy, breakOpen, capabilities }: RecoveryPair): Record<string, Scenarios> {
  const [shared, marker, plain] = [strategy === 'shared', strategy === 'marker', strategy === 'plain'];
  const transactional = !plain;
  const cut = transactional && capabilities.includes('cut');
  return {
    'one change': {
      ...ONE_CHANGE,
      ...(plain && PLAIN_CHANGE),
      ...(transactional && TRANSACTIONAL_CHANGE),
      ...(marker && MARKER_CHANGE),
      ...(shared && SHARED_CHANGE),
      ...(breakOpen && IMPLICIT_COMMIT),
    },
    'nothing to do': SETTLED,
    ...(marker && { identities: { ...IDENTITIES, ...RESTORED } }),
    'the audit store fails': {
      ...STORE_FAILS,
      ...(!shared && STORE_FAILS_APART),
      ...(marker && STORE_FAILS_MARKER),
      ...(plain && STORE_FAILS_PLAIN),
      ...(transactional && STORE_FAILS_TRANSACTIONAL),
      ...(cut && STORE_FAILS_CUT),
    },
    'the lock': { ...LOCK, ...CLOCKS },
    operators: { ...OPERATORS, ...(capabilities.includes('tamper') && TAMPERED) },
    undo: {
      ...UNDO,
      ...UNDO_PLAIN,
      ...(transactional && UNDO_TRANSACTIONAL),
      ...(marker && UNDO_MARKER),
    },
    stopping: STOPPING,
  };
}

function asCases(scenarios: Scenarios): Cases<RecoveryBench> {
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, scenario]) => [
      name,
      (bench: RecoveryBench) => bench.use(scenario),
    ]),
  );
}
