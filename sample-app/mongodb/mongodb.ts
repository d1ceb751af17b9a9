import type { OnApplicationShutdown } from '@nestjs/common';

/** The MongoDB that the shop uses. A class, so that Nest stops it with the app. */
export class MongoDb implements OnApplicationShutdown {
  /**
   * @param shopFolder - what the shop keeps beside it: with another audit, it is another shop
   * @param stop - called when the shop has closed
   */
  constructor(
    readonly url: string,
    readonly database: string,
    readonly shopFolder: string,
    private readonly stop: () => Promise<void>,
  ) {}

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }
}
