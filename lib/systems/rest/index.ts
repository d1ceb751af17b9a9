export type { HttpServiceLike, RestSource, RestTargetSystemOptions } from './rest-options.js';
export { RestRequestError, type RestFailure } from './rest-request.error.js';
export { RestClient } from './rest.client.js';
export { AXIOS_CLIENT, RestTargetSystem } from './rest.target-system.js';
