import { setImmediate as later } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  sdkInterception,
  type SdkInterceptor,
  type SdkMiddleware,
} from '../../lib/systems/aws/sdk-interceptor.js';

/** A client with a stack of middleware like the SDK's, and all that got past it. */
function fakeClient() {
  const layers: SdkMiddleware[] = [];
  const sent: string[] = [];
  const send = (input: string, commandName?: string): Promise<string> => {
    const deliver = async (args: { readonly input: unknown }): Promise<string> => {
      sent.push(String(args.input));
      return `answer to ${String(args.input)}`;
    };
    const context = commandName === undefined ? {} : { commandName };
    return layers.reduce((next, layer) => layer(next, context), deliver)({ input });
  };
  const middlewareStack = { add: (middleware: SdkMiddleware) => void layers.push(middleware) };
  return { middlewareStack, layers, sent, send };
}

/** An attempt that notes what it is asked, and refuses the input 'bad'. */
function noting(client: ReturnType<typeof fakeClient>) {
  const asked: string[] = [];
  const witness: SdkInterceptor = {
    client,
    async admit({ command, input }, send) {
      asked.push(`${command} ${String(input)}`);
      if (input === 'bad') throw new Error('refused');
      return send();
    },
  };
  return { witness, asked };
}

describe('sdkWitnessing', () => {
  it('asks the attempt before a call of its code is sent', async () => {
    const { intercepted } = sdkInterception('a call');
    const client = fakeClient();
    const { witness, asked } = noting(client);
    await expect(intercepted(witness, () => client.send('good', 'PutCommand'))).resolves.toBe(
      'answer to good',
    );
    await expect(intercepted(witness, () => client.send('bad'))).rejects.toThrow('refused');
    expect(asked).toEqual(['PutCommand good', 'a call bad']);
    expect(client.sent).toEqual(['good']);
  });

  it('leaves alone what others send, also by another client, and what is its own', async () => {
    const { intercepted, asOwn } = sdkInterception('a call');
    const [client, other] = [fakeClient(), fakeClient()];
    const { witness, asked } = noting(client);
    intercepted(noting(other).witness, () => undefined);
    await intercepted(witness, () => Promise.all([other.send('bad'), asOwn(() => client.send('bad'))]));
    await client.send('bad');
    expect(asked).toEqual([]);
    expect(client.sent).toEqual(['bad', 'bad']);
  });

  it('tells a forgotten call still apart when the attempt is over', async () => {
    const { intercepted } = sdkInterception('a call');
    const client = fakeClient();
    const { witness, asked } = noting(client);
    const forgotten = intercepted(witness, () => ({ call: later().then(() => client.send('late', 'Put')) }));
    await forgotten.call;
    expect(asked).toEqual(['Put late']);
  });

  it('stands in the stack of a client once, however many attempts there are', async () => {
    const { intercepted } = sdkInterception('a call');
    const client = fakeClient();
    const { witness, asked } = noting(client);
    intercepted(noting(client).witness, () => undefined);
    await intercepted(witness, () => client.send('good', 'Put'));
    expect(client.layers).toHaveLength(1);
    expect(asked).toEqual(['Put good']);
  });
});
