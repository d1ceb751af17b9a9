import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A request that was sent. */
export interface Sent {
  readonly command: string;
  readonly input: unknown;
  output: unknown;
}

type Hook = (command: string, send: () => Promise<unknown>, input: unknown) => Promise<unknown>;

/** What is sent from here on, oldest first; the SDK's own tries again are not told apart. */
export function watchRequests(client: DynamoDBDocumentClient): readonly Sent[] {
  const sent: Sent[] = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const request: Sent = { command: commandName, input: args.input, output: undefined };
        sent.push(request);
        const result = await next(args);
        request.output = result.output;
        return result;
      },
    { step: 'initialize', priority: 'low', name: 'watchRequests' },
  );
  return sent;
}

/** The next `times` requests of a command are done, but their answers are lost. */
export function dropAnswers(
  client: DynamoDBDocumentClient,
  command: string,
  times = 1,
  isMeant: (input: unknown) => boolean = () => true,
): void {
  let left = times;
  hook(client, async (name, send, input) => {
    const answer = await send();
    if (name !== command || !isMeant(input) || left-- <= 0) return answer;
    throw new Error('socket hang up (injected by the test)');
  });
}

/** The next `times` requests of a command are not sent and end with this error. */
export function failRequests(client: DynamoDBDocumentClient, command: string, error: Error, times = 1): void {
  let left = times;
  hook(client, async (name, send) => {
    if (name !== command || left-- <= 0) return send();
    throw error;
  });
}

/** Every request of a command arrives twice, as when the SDK got no answer to the first one; the second one is answered. */
export function repeatRequests(client: DynamoDBDocumentClient, command: string): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        // Below the SDK's own tries again: the very same request, its token included.
        if (commandName === command) await next(args).catch(() => undefined);
        return next(args);
      },
    { step: 'build', priority: 'low', name: 'repeatRequests' },
  );
}

/** The next answer to a meant request is what `alter` makes of it. */
export function alterAnswer(
  client: DynamoDBDocumentClient,
  isMeant: (command: string, input: object) => boolean,
  alter: (output: object) => object | Promise<object>,
): void {
  let left = 1;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        if (!isMeant(commandName, args.input) || left-- <= 0) return result;
        Object.assign(result.output, await alter(result.output));
        return result;
      },
    { step: 'initialize' },
  );
}

function hook(client: DynamoDBDocumentClient, around: Hook): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        let result: Awaited<ReturnType<typeof next>> | undefined;
        await around(commandName, async () => (result = await next(args)), args.input);
        if (!result) throw new Error('the hook answered without sending');
        return result;
      },
    { step: 'initialize', priority: 'low' },
  );
}

/** What the server says instead of doing it. */
export interface Answer {
  readonly type: string;
  readonly message: string;
}

/** All requests of these operations are answered with this error, in the server's own format; the SDK reads it as any other. */
export function answerRequests(
  client: DynamoDBDocumentClient,
  operations: readonly string[],
  { type, message }: Answer,
): void {
  const body = Buffer.from(JSON.stringify({ __type: type, message }));
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  onWire(client, operations, async () => ({ response: { statusCode: 400, headers, body } }));
}

/** All requests of these operations go to a port where nobody listens. */
export function misdirectRequests(client: DynamoDBDocumentClient, operations: readonly string[]): void {
  onWire(client, operations, (request, handle) => handle(Object.assign(request, { port: 1 })));
}

type Handle = DynamoDBDocumentClient['config']['requestHandler']['handle'];
type Request = Parameters<Handle>[0];

/** Replaces what sends the requests of these operations. */
function onWire(
  { config: { requestHandler } }: DynamoDBDocumentClient,
  operations: readonly string[],
  send: (request: Request, handle: (request: Request) => ReturnType<Handle>) => ReturnType<Handle>,
): void {
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) => {
    const [, operation = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    return operations.includes(operation)
      ? send(request, (sent) => handle(sent, options))
      : handle(request, options);
  };
}
