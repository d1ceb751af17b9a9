import { describe, expect, it } from '@jest/globals';
import { roomOf, SYSTEMS_RUNTIME_IMPORTS, violations } from './boundaries.js';
import { factsOf, readSources, type ImportEdge } from './sources.js';

const MAX_LINES = 250;
const sources = readSources();

describe('the rooms of lib', () => {
  it('are found', () => {
    const rooms = new Set(sources.map(({ file }) => roomOf(file).split('/')[0]));
    expect([...rooms]).toEqual(expect.arrayContaining(['index', 'core', 'systems', 'testing']));
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(20);
  });

  it('import each other only along the arrows', () => {
    expect(violations(sources.flatMap(({ imports }) => imports))).toEqual([]);
  });

  it('keep every file small', () => {
    const long = sources.filter(({ lines }) => lines > MAX_LINES);
    expect(long.map(({ file, lines }) => `${file}: ${lines} lines, at most ${MAX_LINES}`)).toEqual([]);
  });

  it('have an index.ts only at a public door', () => {
    const indexes = sources.map(({ file }) => file).filter((file) => /(^|\/)index\.ts$/.test(file));
    expect(indexes.filter((file) => !/^((systems\/[^/]+|testing|ops)\/)?index\.ts$/.test(file))).toEqual([]);
  });

  it('leave clock, chance and machine out of the core', () => {
    const core = sources.filter(({ file }) => roomOf(file) === 'core');
    expect(core.flatMap(({ ambient }) => ambient)).toEqual([]);
  });

  it('give a reason for every exception, and use each', () => {
    const used = sources.flatMap(({ imports }) =>
      imports.map(({ file, module }) => `${roomOf(file)} ${module}`),
    );
    for (const { room, module, why } of SYSTEMS_RUNTIME_IMPORTS) {
      expect(why).not.toBe('');
      expect(used).toContain(`${room} ${module}`);
    }
  });
});

describe('the check itself', () => {
  const edge = (file: string, module: string, typeOnly = false): ImportEdge => ({
    file,
    module,
    typeOnly,
    line: 1,
  });

  it.each([
    edge('core/plan.ts', '../nest/module.js'),
    edge('core/plan.ts', '../nest/module.js', true),
    edge('core/plan.ts', '../systems/memory/index.js', true),
    edge('core/plan.ts', '@nestjs/common', true),
    edge('core/plan.ts', 'rxjs'),
    edge('core/plan.ts', 'reflect-metadata'),
    edge('core/execute/step.ts', 'typeorm', true),
    edge('core/plan.ts', 'fs'),
    edge('core/plan.ts', '../index.js', true),
    edge('nest/flamingock.module.ts', '../systems/memory/index.js'),
    edge('nest/flamingock.module.ts', '../testing/index.js'),
    edge('nest/flamingock.module.ts', 'typeorm', true),
    edge('systems/typeorm/typeorm.store.ts', '../../nest/tokens.js', true),
    edge('systems/typeorm/typeorm.store.ts', '../memory/memory.store.js'),
    edge('systems/mongoose/mongoose-target.system.ts', 'mongoose'),
    edge('systems/typeorm/typeorm.store.ts', '@nestjs/typeorm'),
    edge('systems/typeorm/typeorm.store.ts', '@nestjs/common', true),
    edge('systems/filesystem/durable.ts', 'write-file-atomic'),
    edge('testing/index.ts', '../systems/memory/index.js'),
    edge('testing/index.ts', 'nestjs-flamingock'),
    edge('ops/cli.ts', '../testing/index.js'),
    edge('index.ts', './systems/memory/index.js'),
    edge('index.ts', './testing/index.js'),
    edge('index.ts', 'rxjs'),
    edge('extra/a.ts', '../core/plan.js'),
    edge('core/plan.ts', '../../test/support/databases.js'),
    edge('core/plan.ts', 'computed: name'),
  ])('reports $file → $module (type only: $typeOnly)', (forbidden) => {
    expect(violations([forbidden])).toEqual([expect.stringContaining(`lib/${forbidden.file}:1 imports`)]);
  });

  it.each([
    edge('core/hash-chain.ts', 'node:crypto'),
    edge('core/execute/step.ts', '../plan.js'),
    edge('nest/flamingock.module.ts', '../core/plan.js'),
    edge('nest/flamingock.module.ts', '@nestjs/common'),
    edge('nest/decorators/change.decorator.ts', '../metadata.js'),
    edge('systems/typeorm/typeorm.store.ts', '../../core/audit-store.js'),
    edge('systems/kafka/kafka.target-system.ts', 'kafkajs', true),
    edge('systems/filesystem/durable.ts', 'node:fs/promises'),
    edge('testing/index.ts', '../nest/flamingock.js'),
    edge('index.ts', './core/plan.js'),
    edge('index.ts', './nest/flamingock.module.js'),
  ])('accepts $file → $module (type only: $typeOnly)', (allowed) => {
    expect(violations([allowed])).toEqual([]);
  });

  it('sees every form of import, and which of them are erased', () => {
    const { imports } = factsOf(
      'core/x.ts',
      [
        `import a from 'a';`,
        `import 'b';`,
        `import type { C } from 'c';`,
        `import { type D, type E } from 'd';`,
        `import { type F, g } from 'e';`,
        `export * from 'f';`,
        `export type { G } from 'g';`,
        `const h = await import('h');`,
        `let i: import('i').I;`,
        `import j = require('j');`,
        `const k = require('k');`,
        `await import(name);`,
      ].join('\n'),
    );
    const erased = imports.filter(({ typeOnly }) => typeOnly).map(({ module }) => module);
    expect(erased).toEqual(['c', 'd', 'g', 'i']);
    const kept = imports.filter(({ typeOnly }) => !typeOnly).map(({ module }) => module);
    expect(kept).toEqual(['a', 'b', 'e', 'f', 'h', 'j', 'k', 'computed: name']);
    expect(imports.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('sees reads of clock, chance and machine', () => {
    const text = 'Date.now(); new Date(); new Date(5); Math.random(); process.env.X; // Date.now()';
    expect(factsOf('core/x.ts', text).ambient.map((read) => read.replace(/.*reads /, ''))).toEqual([
      'Date.now',
      'new Date()',
      'Math.random',
      'process.env',
    ]);
  });
});
