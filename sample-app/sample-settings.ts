import { join } from 'node:path';

/** Where this boot of the sample finds its things. A class, so that it can be injected by its name. */
export class SampleSettings {
  readonly database: string;
  readonly featuresFolder: string;

  constructor(
    readonly dataFolder: string,
    readonly paymentsUrl: string,
  ) {
    this.database = join(dataFolder, 'shop.sqlite');
    this.featuresFolder = join(dataFolder, 'features');
  }
}
