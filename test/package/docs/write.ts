import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../sources.js';
import { filled } from './made.js';
import { readPages } from './pages.js';
import { PublicTypes } from './public-types.js';

// `npm run docs:write`: fills the tables of the documentation that are made from the code.
let types: PublicTypes | undefined;
for (const page of readPages()) {
  const text = filled(page, () => (types ??= new PublicTypes()));
  if (text === page.text) continue;
  writeFileSync(join(ROOT, page.file), text);
  console.log(`wrote ${page.file}`);
}
