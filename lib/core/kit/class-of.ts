/** The class of a live client, as a token. It is the class that the app uses, also when its package is installed twice. */
export function classOf(client: object): abstract new (...args: never[]) => unknown {
  return client.constructor as abstract new (...args: never[]) => unknown;
}
