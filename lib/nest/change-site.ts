import type { ClassRef } from './metadata.js';
import type { ModuleNode, Modules } from './container.js';
import type { ProviderLookup } from './provider-parameter.js';

/** A change class where Nest holds it. */
export interface ChangeSite {
  readonly owner: ClassRef;
  readonly instance: object;
  readonly module: ModuleNode;
  /** The container; tells apps of one process apart. */
  readonly modules: Modules;
  readonly providers: ProviderLookup;
}
