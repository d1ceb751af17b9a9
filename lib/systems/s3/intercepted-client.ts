import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Call } from './command-kind.js';

/** What the SDK takes beside a command. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** Stands before each call: sends it by `send`, with other options if it likes, or throws. */
export type Intercept = (
  call: S3Call,
  options: SendOptions,
  send: (options: SendOptions) => Promise<unknown>,
) => Promise<unknown>;

type Callback = (error: unknown, output?: unknown) => void;

/** The app's client, every call of which passes `intercept`. Its own class, so that helpers of the SDK take it too. */
export function interceptedClient(client: S3Client, intercept: Intercept): S3Client {
  const send = (command: object, ...rest: readonly unknown[]): Promise<unknown> | void => {
    const options = rest.find((one): one is SendOptions => typeof one === 'object' && one !== null) ?? {};
    const callback = rest.find((one): one is Callback => typeof one === 'function');
    const sent = intercept(callOf(command), options, (given) => sendBy(client, command, given));
    if (!callback) return sent;
    sent.then((output) => callback(undefined, output), callback);
  };
  return new Proxy(client, {
    get(target, key): unknown {
      // The client is the app's, which goes on with it.
      if (key === 'destroy') return () => undefined;
      return key === 'send' ? send : (Reflect.get(target, key, target) as unknown);
    },
  });
}

function sendBy(client: S3Client, command: object, options: SendOptions): Promise<unknown> {
  return Reflect.apply(client.send, client, [command, options]) as Promise<unknown>;
}

function callOf(command: object): S3Call {
  return { command: command.constructor.name, input: Reflect.get(command, 'input') };
}
