import type { Admin } from 'kafkajs';
import { TargetSystemError } from '../../core/errors.js';
import { brokerAnswer } from './kafka-errors.js';
import type { Overrides } from './topic-configuration.js';

/** Asks the broker whether it would take these settings. Writes nothing. */
export type ValidateOverrides = (overrides: Overrides) => Promise<void>;

/**
 * Asks the broker whether it would take the settings. It answers only that something is invalid: each is tried alone then.
 *
 * @throws TargetSystemError that names the settings
 */
export async function checkConfiguration(
  topic: string,
  overrides: Overrides,
  validate: ValidateOverrides,
): Promise<void> {
  if (!(await isRefused(validate, overrides))) return;
  const refused: string[] = [];
  for (const [name, value] of Object.entries(overrides))
    if (await isRefused(validate, { [name]: value })) refused.push(`${name}=${value}`);
  throw invalid(topic, refused.length > 0 ? refused : Object.keys(overrides));
}

/** For a topic that is not there yet: it would be made with these. */
export function whenCreated(
  admin: Admin,
  topic: string,
  shape: { readonly numPartitions?: number; readonly replicationFactor?: number },
): ValidateOverrides {
  return async (overrides) => {
    const configEntries = Object.entries(overrides).map(([name, value]) => ({ name, value }));
    const topics = [{ topic, configEntries, ...shape }];
    await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics });
  };
}

async function isRefused(validate: ValidateOverrides, overrides: Overrides): Promise<boolean> {
  try {
    await validate(overrides);
    return false;
  } catch (error) {
    if (brokerAnswer(error) === 'INVALID_CONFIG') return true;
    throw error;
  }
}

function invalid(topic: string, settings: readonly string[]): TargetSystemError {
  return new TargetSystemError(
    `The broker refuses this configuration of topic '${topic}': ${settings.join(', ')}`,
    {
      fix: [
        'correct the name or the value; values are texts in the units of their names: milliseconds, bytes',
      ],
    },
  );
}
