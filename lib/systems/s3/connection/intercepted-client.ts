import type { S3Client } from '@aws-sdk/client-s3';

/** A call that is about to be sent. */
export interface S3Call {
  /** The SDK's name of the command: `PutObjectCommand`. */
  readonly command: string;
  readonly input: unknown;
}

// The SDK itself sends CreateSession before it reads from a directory bucket.
const READS = /^(Get|Head|List|CreateSession)/;

/** True for commands that only read. Unknown commands count as writes. */
export function isRead({ command }: S3Call): boolean {
  return READS.test(command);
}

/** The call and its bucket and key, for people: `PutObject 'assets/logo.svg'`. Leaves out values, which may be secret. */
export function describeCall({ command, input }: S3Call): string {
  const name = command.replace(/Command$/, '');
  const location = [member(input, 'Bucket'), member(input, 'Key')].filter((part) => typeof part === 'string');
  return location.length ? `${name} '${location.join('/')}'` : name;
}

/** The bucket of a call; undefined when it has none. */
export function bucketOf({ input }: S3Call): string | undefined {
  const bucket = member(input, 'Bucket');
  return typeof bucket === 'string' ? bucket : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The SDK's options for one call. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** Called instead of each call of a client: sends it by `send`, perhaps with other options, or throws. */
export type Intercept = (
  call: S3Call,
  options: SendOptions,
  send: (options: SendOptions) => Promise<unknown>,
) => Promise<unknown>;

type Callback = (error: unknown, output?: unknown) => void;

/** A proxy of the app's client: `intercept` is called for every call. It keeps its class, so that helpers of the SDK take it. */
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
      // The app still uses its client.
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
