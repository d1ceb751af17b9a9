// Begins what takes longest to provide (the S3 server is built, once), so that it is ready when the tests begin.
// With `--here` it does it itself, else a process of its own does and this one ends at once.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildS3, S3 } from './s3.mjs';

const wanted = process.env.FLAMINGOCK_TEST_INSTALL !== 'no' && !process.env[S3.variable];
if (process.argv.includes('--here')) await buildS3();
else if (wanted && (await S3.isMet())) {
  const here = [fileURLToPath(import.meta.url), '--here'];
  // What fails here fails again, with its reason, when the tests start their servers.
  spawn(process.execPath, here, { detached: true, stdio: 'ignore' }).unref();
}
