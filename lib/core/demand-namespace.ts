import { AuditStoreError } from './errors.js';

/** The namespace, if every server can keep it. @throws AuditStoreError when it is blank or has more than 200 characters */
export function demandNamespace(namespace: string): string {
  if (namespace.trim() && Array.from(namespace).length <= 200) return namespace;
  throw new AuditStoreError(`The namespace '${namespace}' cannot be used`, {
    fix: ['write a text of 1 to 200 characters that are not all blank'],
  });
}
