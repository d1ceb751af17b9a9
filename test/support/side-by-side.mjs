// Runs npm scripts side by side: `node test/support/side-by-side.mjs build lint types`. Prints what each has said when
// it ends, and fails when one of them does.
import { execFile } from 'node:child_process';

const results = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;

/**
 * @param {string} script
 * @returns {Promise<boolean>} whether it went well
 */
function run(script) {
  return new Promise((resolve) => {
    execFile('npm', ['run', script], { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      console.log(`${stdout}${stderr}`.trimEnd());
      if (error) console.error(`npm run ${script} failed (${error.signal ?? `exit code ${error.code}`}).`);
      resolve(error === null);
    });
  });
}
