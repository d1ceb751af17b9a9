import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of an answer: it is delivered, or it is lost with its connection, or it is lost and the connection stays. */
type Delivery = 'delivered' | 'lost' | 'withheld';

/** One connection of a client, and the one to the server that stands behind it. */
class Link {
  /** What becomes of the answers to what was sent last. */
  delivery: Delivery = 'delivered';
  isSilent = false;

  constructor(
    readonly client: Socket,
    readonly server: Socket,
  ) {}

  /** Ends both sides at once, as a connection ends whose machine has forgotten it: with RST. */
  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }
}

/** Stands between the app and a server, and lets connections fail as networks do. */
export class FaultyProxy {
  readonly port: number;
  private readonly links = new Set<Link>();
  private isSilent = false;
  private delayMs = 0;
  private loss: { readonly request: string; readonly delivery: Delivery } | undefined;
  private noticed: (() => void) | undefined;

  private constructor(
    private readonly listener: Server,
    private readonly serverPort: number,
  ) {
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (client) => this.join(client));
  }

  /** @param serverPort - of 127.0.0.1, where the server listens */
  static async start(serverPort: number): Promise<FaultyProxy> {
    const listener = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new FaultyProxy(listener, serverPort);
  }

  /** Ends all connections; new ones work. */
  cut(): void {
    for (const link of this.links) link.cut();
    this.links.clear();
  }

  /** Ends the clients' sides as a pooler or load balancer does that closes: with FIN, so that what is written then meets a broken pipe. */
  hangUp(): void {
    for (const link of this.links) link.client.destroy();
  }

  /** Half-open: nothing arrives any more on the connections that there are, and none of them is closed. @param toNewOnes - so for new ones */
  fallSilent({ toNewOnes }: { readonly toNewOnes: boolean }): void {
    this.isSilent = toNewOnes;
    for (const link of this.links) link.isSilent = true;
  }

  /** Everything takes `ms` milliseconds longer, each way. */
  slowDown(ms: number): void {
    this.delayMs = ms;
  }

  /**
   * The next request that has this text in it is forwarded, but the answer to it does not arrive: the connection is cut
   * (`lost`), or stays as it is (`withheld`).
   *
   * @returns what resolves when the server has answered
   */
  loseAnswerTo(request: string, delivery: 'lost' | 'withheld'): Promise<void> {
    this.loss = { request, delivery };
    return new Promise((resolve) => (this.noticed = resolve));
  }

  /** All is well again; what was silent is cut. */
  heal(): void {
    this.isSilent = false;
    this.delayMs = 0;
    this.loss = undefined;
    for (const link of this.links) {
      if (!link.isSilent && link.delivery === 'delivered') continue;
      link.isSilent = false;
      link.cut();
      this.links.delete(link);
    }
  }

  async stop(): Promise<void> {
    this.listener.close();
    this.cut();
    if (this.listener.listening) await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    const link = new Link(client, connect({ port: this.serverPort, host: '127.0.0.1', noDelay: true }));
    link.isSilent = this.isSilent;
    this.links.add(link);
    const end = (): void => {
      // That one side is gone does not reach the other one then.
      if (link.isSilent) return;
      this.links.delete(link);
      link.cut();
    };
    for (const socket of [link.client, link.server]) socket.on('error', end).on('close', end);
    link.client.on('data', (request) => this.forward(link, request));
    link.server.on('data', (answer) => this.answer(link, answer));
  }

  private forward(link: Link, request: Buffer): void {
    if (link.isSilent) return;
    const { loss } = this;
    if (loss && request.includes(loss.request)) {
      this.loss = undefined;
      link.delivery = loss.delivery;
    }
    this.later(() => link.server.write(request));
  }

  private answer(link: Link, answer: Buffer): void {
    if (link.isSilent) return;
    if (link.delivery === 'delivered') return this.later(() => link.client.write(answer));
    this.noticed?.();
    if (link.delivery === 'lost') link.cut();
  }

  private later(send: () => void): void {
    if (this.delayMs) setTimeout(send, this.delayMs);
    else send();
  }
}
