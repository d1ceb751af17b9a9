// The preview of the page's change on a folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Flamingock, FlamingockModule, planText } from 'nestjs-flamingock';
import { FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { MemoryAuditStore } from 'nestjs-flamingock/memory';
import { ChangeLimits } from './changes/change-limits.js';

mkdirSync('config');
writeFileSync('config/limits.json', '{\n  "max": 10,\n  "min": 1\n}\n');

@Module({
  imports: [
    FlamingockModule.forRoot({
      auditStore: new MemoryAuditStore(),
      targetSystems: [new FileSystemTargetSystem('config', { root: 'config' })],
    }),
  ],
  providers: [ChangeLimits],
})
class FilesModule {}

const app = await NestFactory.createApplicationContext(FilesModule, { logger: false });
console.log(planText(await app.get(Flamingock).plan({ preview: true })));
await app.close();
