/** The class of a live client, as a token: the user's own, for there may be two copies of its package. */
export function classOf(client: object): abstract new (...args: never[]) => unknown {
  return client.constructor as abstract new (...args: never[]) => unknown;
}
