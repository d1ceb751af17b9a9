import { boot, type RunningSample } from './boot.js';
import { DATA_FOLDER, emptyFolder } from './data-folder.js';
import { bootFull } from './full/boot-full.js';
import { bootStruck, rehearseFullCrash } from './full/rehearsal.js';
import { bootWithMongoDb } from './mongodb/boot-with-mongodb.js';
import { stopWithParent } from './parent.js';
import { rehearseCrash } from './rehearsal/crash.js';
import { bootVersion } from './rehearsal/deployment.js';
import { rehearseFailure } from './rehearsal/fail.js';

const flags = process.argv.slice(2);
const [flag, detail] = flags;

if (flag === undefined) await serve(() => boot(DATA_FOLDER));
else if (flag === '--mongodb') await serve(bootWithMongoDb, 'catalog');
else if (flag === '--full' && detail === '--crash') await rehearseFullCrash();
else if (flag === '--full') await serve(bootFull, 'catalog');
else if (flag === '--boot-full') await bootStruck(detail);
else if (flag === '--reset') reset();
else if (flag === '--fail') await rehearseFailure();
else if (flag === '--crash') await rehearseCrash();
else if (flag === '--boot') await bootVersion(detail);
else usage();

async function serve(
  bootShop: () => Promise<RunningSample | undefined>,
  ...morePages: string[]
): Promise<void> {
  stopWithParent();
  const shop = await bootShop();
  if (!shop) return;
  const pages = ['users', 'orders', 'features', ...morePages, 'changes', 'plan', 'health'];
  console.log(
    [
      '',
      'The shop is open. Look at',
      ...pages.map((page) => `  ${shop.url}/${page}`),
      'Ctrl-C closes it. Start it again: its changes are applied, nothing is left to do.',
      'npm run sample -- --fail shows a change that fails, --crash a process that dies, --mongodb the audit in MongoDB,',
      '--full everything: PostgreSQL, MongoDB, Kafka, a schema registry, S3; --reset forgets everything.',
      '',
    ].join('\n'),
  );
}

function reset(): void {
  emptyFolder(DATA_FOLDER);
  console.log(`Emptied ${DATA_FOLDER}: the next start is the first one.`);
}

function usage(): void {
  console.error(
    [
      `I do not know ${flags.join(' ')}. To fix: npm run sample`,
      '  npm run sample               boots the shop, runs its changes, serves',
      '  npm run sample -- --fail     a change fails, is rolled back, is corrected',
      '  npm run sample -- --crash    the process dies within a change, a person decides',
      '  npm run sample -- --mongodb  the audit in MongoDB, and changes there too',
      '  npm run sample -- --full     on PostgreSQL, MongoDB, Kafka, a schema registry and S3',
      '  npm run sample -- --full --crash    there the process dies in four changes, one after the other',
      '  npm run sample -- --reset    forgets everything',
    ].join('\n'),
  );
  process.exitCode = 2;
}
