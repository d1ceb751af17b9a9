import type { ClassRef } from './metadata.js';
import type { ModuleNode, Modules } from './container.js';

/** A change class where Nest holds it. */
export interface ChangeSite {
  readonly owner: ClassRef;
  readonly instance: object;
  readonly module: ModuleNode;
  readonly modules: Modules;
}
