import { Injectable } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SampleSettings } from '../sample-settings.js';

/** What the shop may do, as a file in its configuration folder says. */
@Injectable()
export class FeatureFlags {
  constructor(private readonly settings: SampleSettings) {}

  async all(): Promise<Record<string, boolean>> {
    const text = await readFile(join(this.settings.featuresFolder, 'checkout.json'), 'utf8');
    return JSON.parse(text) as Record<string, boolean>;
  }
}
