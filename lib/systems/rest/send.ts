import { setTimeout as sleep } from 'node:timers/promises';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { FlamingockError } from '../../core/errors.js';
import type { RestAttempt, RestParts } from './rest-attempt.js';
import { isAxiosError, toRestError, type RestRequestError } from './rest-request.error.js';

const WORTH_ANOTHER_TRY: readonly (number | undefined)[] = [undefined, 429, 502, 503, 504];

/** Sends one call of `RestClient`, again where the options say so: each time with the same idempotency key. */
export async function send<T>(
  { axios, options: { retries = 0, retryDelayMs = 200 } }: RestParts,
  attempt: RestAttempt,
  config: AxiosRequestConfig,
): Promise<AxiosResponse<T>> {
  for (let failures = 0; ; failures++) {
    attempt.guard();
    try {
      return await axios.request<T, AxiosResponse<T>>(config);
    } catch (error) {
      const told = isAxiosError(error) ? toRestError(error, config, axios) : error;
      if (config.signal?.aborted) throw whyCancelled(config, told);
      if (failures >= retries || !isAxiosError(error) || !isWorthAnotherTry(told)) throw told;
    }
    await sleep(retryDelayMs * 2 ** failures, undefined, { signal: attempt.signal }).catch(() => {});
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  return WORTH_ANOTHER_TRY.includes((error as RestRequestError).status);
}

/** What was lost, or that the time is up, matters more than the request that it cancelled. */
function whyCancelled({ signal }: AxiosRequestConfig, error: unknown): unknown {
  const reason: unknown = signal instanceof AbortSignal ? signal.reason : undefined;
  return reason instanceof FlamingockError ? reason : error;
}
