import { execFile } from 'node:child_process';

/**
 * Runs npm scripts side by side, and prints what each has said when it ends.
 *
 * @param {readonly string[]} scripts
 * @returns {Promise<boolean>} whether all of them went well
 */
export async function runScripts(scripts) {
  const results = await Promise.all(scripts.map(run));
  return results.every(Boolean);
}

/**
 * @param {string} script
 * @returns {Promise<boolean>}
 */
function run(script) {
  return new Promise((resolve) => {
    execFile('npm', ['run', script], { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      // With --json, nobody sees what jest's own process writes to its stdout.
      console.error(`${stdout}${stderr}`.trimEnd());
      if (error) console.error(`npm run ${script} failed (${error.signal ?? `exit code ${error.code}`}).`);
      resolve(error === null);
    });
  });
}
