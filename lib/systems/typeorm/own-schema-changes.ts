import type { DataSource } from 'typeorm';

const SETTINGS = ['dropSchema', 'synchronize', 'migrationsRun'] as const;

/** Warnings about settings with which TypeORM changes the schema at every start of the app, without an audit entry. */
export function ownSchemaChanges({ options }: DataSource): string[] {
  const on = SETTINGS.filter((name) => options[name]);
  if (!on.length) return [];
  const lost = on.includes('dropSchema') ? ', and drops the audit with everything else' : '';
  return [
    `the DataSource of ${options.type} '${String(options.database)}' has ${on.join(', ')} on: TypeORM changes the schema on its own at every start, before any change and without an audit entry${lost}; turn it off, and make a change of what it did`,
  ];
}
