import { FileSystemTargetSystem, type FileSystemClient } from '../../../lib/systems/filesystem/index.js';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';

// A process of its own that writes a large file below the root that it is given.

const target = new FileSystemTargetSystem('config', { root: process.argv[2] ?? '' });
await target.connect(attemptScope({ executionId: 'of the writer' }), ([{ instance }]) =>
  (instance as FileSystemClient).write('deep/a', Buffer.alloc(100 * 1024 * 1024, 'x')),
);
