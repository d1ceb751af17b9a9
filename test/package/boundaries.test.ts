import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { roomOf, SYSTEMS_RUNTIME_IMPORTS, violations } from './boundaries.js';
import { circleMessages, circlesIn } from './circles.js';
import { missingFromDoors, undocumented } from './doors.js';
import { factsOf, type ImportEdge, isMeasured, LIB, readSources } from './sources.js';

const sources = readSources();

describe('the rooms of lib', () => {
  it('are found', () => {
    const rooms = ['index', 'core/model', 'core/text', 'core/kit', 'core/engine', 'core/import', 'nest'];
    expect(new Set(sources.map(({ file }) => roomOf(file)))).toEqual(
      new Set([...rooms, 'testing', ...systemRooms()]),
    );
    expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(20);
  });

  it('import each other only along the arrows', () => {
    expect(violations(sources.flatMap(({ imports }) => imports))).toEqual([]);
  });

  it('import each other in no circle', () => {
    expect(circleMessages(circlesIn(sources.filter(isMeasured)))).toEqual([]);
  });

  it('give authors of systems all that our own systems are built with', () => {
    expect(missingFromDoors(sources.flatMap(({ imports }) => imports))).toEqual([]);
  });

  it('document every name that a public door exports', () => {
    expect(undocumented(sources)).toEqual([]);
  });

  it('have an index.ts only at a public door', () => {
    const indexes = sources.map(({ file }) => file).filter((file) => /(^|\/)index\.ts$/.test(file));
    expect(
      indexes.filter((file) => !/^((core\/kit|systems\/[^/]+|testing|ops)\/)?index\.ts$/.test(file)),
    ).toEqual([]);
  });

  it('leave clock, chance and machine out of the core', () => {
    const core = sources.filter(({ file }) => file.startsWith('core/'));
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
    names: [],
    isExport: false,
    typeOnly,
    line: 1,
  });

  it.each([
    edge('core/engine/plan.ts', '../../nest/module.js'),
    edge('core/engine/plan.ts', '../../nest/module.js', true),
    edge('core/engine/plan.ts', '../../systems/memory/index.js', true),
    edge('core/engine/plan.ts', '@nestjs/common', true),
    edge('core/engine/plan.ts', 'rxjs'),
    edge('core/engine/plan.ts', 'reflect-metadata'),
    edge('core/engine/execute/step.ts', 'typeorm', true),
    edge('core/engine/plan.ts', 'fs'),
    edge('core/engine/plan.ts', '../../index.js', true),
    edge('core/engine/plan.ts', '../../../support/databases.js'),
    edge('core/engine/plan.ts', 'computed: name'),
    edge('core/text/redact.ts', '../model/errors.js', true),
    edge('core/model/plan.ts', '../kit/recipes.js', true),
    edge('core/model/plan.ts', '../engine/plan.js', true),
    edge('core/kit/recipes.ts', '../engine/execute/attempt.js', true),
    edge('core/kit/recipes.ts', '../import/plan.js'),
    edge('core/plan.ts', './model/plan.js'),
    edge('nest/flamingock.module.ts', '../systems/memory/index.js'),
    edge('nest/flamingock.module.ts', '../testing/index.js'),
    edge('nest/flamingock.module.ts', 'typeorm', true),
    edge('systems/typeorm/typeorm.store.ts', '../../nest/tokens.js', true),
    edge('systems/typeorm/typeorm.store.ts', '../memory/memory.store.js'),
    edge('systems/typeorm/typeorm.store.ts', '../../core/engine/plan.js', true),
    edge('systems/typeorm/typeorm.store.ts', '../../core/import/plan.js', true),
    edge('systems/typeorm/typeorm.store.ts', '../../core/text/redact.js'),
    edge('systems/mongoose/mongoose-target.system.ts', 'mongoose'),
    edge('systems/typeorm/typeorm.store.ts', '@nestjs/typeorm'),
    edge('systems/typeorm/typeorm.store.ts', '@nestjs/common', true),
    edge('systems/filesystem/durable.ts', 'write-file-atomic'),
    edge('systems/aws/requests.ts', '../s3/index.js'),
    edge('testing/index.ts', '../systems/typeorm/index.js'),
    edge('testing/index.ts', 'nestjs-flamingock'),
    edge('ops/cli.ts', '../testing/index.js'),
    edge('ops/cli.ts', '../systems/typeorm/append.js'),
    edge('index.ts', './core/text/redact.js'),
    edge('index.ts', './systems/memory/index.js'),
    edge('index.ts', './testing/index.js'),
    edge('index.ts', 'rxjs'),
    edge('extra/a.ts', '../core/model/plan.js'),
  ])('reports $file → $module (type only: $typeOnly)', (forbidden) => {
    expect(violations([forbidden])).toEqual([expect.stringContaining(`lib/${forbidden.file}:1 imports`)]);
  });

  it.each([
    edge('core/kit/hash-chain.ts', 'node:crypto'),
    edge('core/model/errors.ts', '../text/redact.js'),
    edge('core/kit/audit-store-base.ts', '../model/errors.js'),
    edge('core/engine/execute/step.ts', '../plan.js'),
    edge('core/engine/run.ts', '../import/import-history.js'),
    edge('core/import/plan.ts', '../engine/plan.js'),
    edge('nest/flamingock.module.ts', '../core/engine/plan.js'),
    edge('nest/flamingock.module.ts', '@nestjs/common'),
    edge('nest/decorators/change.decorator.ts', '../metadata.js'),
    edge('systems/typeorm/typeorm.store.ts', '../../core/model/audit-store.js'),
    edge('systems/typeorm/typeorm.store.ts', '../../core/kit/text.js'),
    edge('systems/s3/s3-errors.ts', '../aws/requests.js'),
    edge('systems/kafka/kafka.target-system.ts', 'kafkajs', true),
    edge('systems/filesystem/durable.ts', 'node:fs/promises'),
    edge('testing/index.ts', '../nest/flamingock.js'),
    edge('testing/app.ts', '../systems/memory/index.js'),
    edge('ops/cli.ts', '../systems/typeorm/index.js'),
    edge('index.ts', './core/model/plan.js'),
    edge('index.ts', './nest/flamingock.module.js'),
  ])('accepts $file → $module (type only: $typeOnly)', (allowed) => {
    expect(violations([allowed])).toEqual([]);
  });

  it('finds circles, through types and through other folders, and nothing beside them', () => {
    const tree = [
      factsOf('a/one.ts', `import { two } from '../b/two.js';\nimport 'one';`),
      factsOf('b/two.ts', `import type { Three } from './three.js';\nimport './leaf.js';`),
      factsOf('b/three.ts', `export * from '../a/one.js';`),
      factsOf('b/leaf.ts', `export const leaf = 1;`),
      factsOf('c/above.ts', `import '../a/one.js';\nimport './pair.js';\nimport './missing.js';`),
      factsOf('c/pair.ts', `import './other.js';\nimport '../b/leaf.js';`),
      factsOf('c/other.ts', `let pair: import('./pair.js').Pair;\nimport '../a/one.js';`),
      factsOf('d/self.ts', `import './self.js';`),
    ];
    const circles = circlesIn(tree);
    expect(circles.map((circle) => [...circle].sort())).toEqual([
      ['a/one.ts', 'b/three.ts', 'b/two.ts'],
      ['c/other.ts', 'c/pair.ts'],
      ['d/self.ts'],
    ]);
    expect(circleMessages(circles)[1]).toMatch(
      /^lib\/c\/other\.ts imports itself through c\/pair\.ts\. To fix: /,
    );
  });

  it('finds what a system uses and no door exports', () => {
    const tree = [
      factsOf('index.ts', `export { Root } from './core/model/errors.js';`),
      factsOf('core/kit/index.ts', `export { type Kit as Named } from './gate.js';`),
      factsOf('nest/module.ts', `import { Inside } from '../core/kit/gate.js';`),
      factsOf('systems/x/x.ts', `import { Root, type Lost } from '../../core/model/errors.js';`),
      factsOf(
        'systems/x/y.ts',
        `import { Kit as K, Hidden } from '../../core/kit/gate.js';\nimport type { own } from './x.js';\nimport { row } from '../../core/kit/import/rows.js';`,
      ),
    ];
    expect(missingFromDoors(tree.flatMap(({ imports }) => imports))).toEqual([
      expect.stringMatching(/^lib\/systems\/x\/x\.ts:1 uses Lost of lib\/core\/model\/errors\.ts\. To fix: /),
      expect.stringMatching(/^lib\/systems\/x\/y\.ts:1 uses Hidden of lib\/core\/kit\/gate\.ts\. /),
    ]);
  });

  it('finds an exported name without a docstring, also behind another file', () => {
    const tree = [
      factsOf('index.ts', `export { said, Bare } from './a.js';\nexport { through } from './b.js';`),
      factsOf('b.ts', `export { through } from './a.js';`),
      factsOf(
        'a.ts',
        `/** Says so. */\nexport const said = 1;\nexport class Bare {}\nexport function through() {}\nexport type Inner = 1;`,
      ),
    ];
    expect(undocumented(tree)).toEqual([
      'lib/a.ts: Bare has no docstring',
      'lib/a.ts: through has no docstring',
    ]);
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

/** One room for each folder of `lib/systems`. */
function systemRooms(): string[] {
  return readdirSync(join(LIB, 'systems')).map((name) => `systems/${name}`);
}
