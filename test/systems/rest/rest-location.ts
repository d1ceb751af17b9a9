import axios, { type CreateAxiosDefaults } from 'axios';
import { RestClient, RestTargetSystem, type RestTargetSystemOptions } from 'nestjs-flamingock/rest';
import type { AttemptScope } from '../../../lib/core/model/target-system.js';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { type Answer, type ApiServer, startApi } from './api-server.js';

/** A server and a target system on it. */
export interface RestLocation {
  readonly api: ApiServer;
  readonly target: RestTargetSystem;
  use<T>(work: (client: RestClient) => Promise<T>, scope?: Partial<AttemptScope>): Promise<T>;
}

/** How the place is furnished. */
export interface Furniture extends RestTargetSystemOptions {
  readonly answer?: Answer;
  readonly axios?: CreateAxiosDefaults;
}

/** Does `work` with a server of its own. */
export async function withApi(
  { answer, axios: defaults, ...options }: Furniture,
  work: (location: RestLocation) => Promise<void>,
): Promise<void> {
  const api = await startApi(answer);
  const target = new RestTargetSystem('crm', axios.create({ baseURL: api.url, ...defaults }), options);
  try {
    await work({
      api,
      target,
      use: (use, scope) =>
        target.connect(attemptScope(scope), ([{ instance }]) => use(instance as RestClient)),
    });
  } finally {
    await api.close();
  }
}
