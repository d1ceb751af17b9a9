import type { DataSource } from 'typeorm';

const SETTINGS = ['dropSchema', 'synchronize', 'migrationsRun'] as const;

/** Warns of settings by which TypeORM changes the schema on its own whenever the app starts, beside the audit. */
export function ownSchemaChanges({ options }: DataSource): string[] {
  const on = SETTINGS.filter((name) => options[name]);
  if (!on.length) return [];
  const lost = on.includes('dropSchema') ? ', and drops the audit with everything else' : '';
  return [
    `the DataSource of ${options.type} '${String(options.database)}' has ${on.join(', ')} on: TypeORM changes the schema on its own at every start, before any change and without an audit entry${lost}; turn it off, and make a change of what it did`,
  ];
}
