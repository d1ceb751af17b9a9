import { Injectable, Module } from '@nestjs/common';

@Injectable()
export class ConfigService {
  readonly folder = 'config';
  readonly profile = 'dev';
}

@Module({ providers: [ConfigService], exports: [ConfigService] })
export class ConfigModule {}
