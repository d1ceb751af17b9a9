import type { ChainHead } from './audit-entry.js';
import type { ChainIdentity } from './audit-store.js';
import type { NotePreviewed } from './recipe.js';

/** The token of a client in `@Client(token)`: a text, a symbol or the client's class. */
export type ClientToken = string | symbol | (abstract new (...args: never[]) => unknown);

/** One client of a target system, as a change's methods receive it. */
export interface Client {
  readonly token: ClientToken;
  readonly instance: unknown;
}

/** The clients of a target system; the first one is the main client. */
export type Clients = readonly [Client, ...Client[]];

/** What to do when a statement reaches the target system outside the change's transaction. */
export type OutsideTransactionPolicy = 'fail' | 'allow';

/** The attempt that a target system works for, and the chain that its markers and fence belong to. */
export interface AttemptScope extends ChainIdentity {
  /** The fencing token of the run; absent where nothing is written. */
  readonly token?: number;
  readonly executionId: string;
  readonly changeId: string;
  readonly attempt: number;
  readonly outsideTransaction: OutsideTransactionPolicy;
  /** Fires when a stop was asked for, the lease is lost or the change's timeout has passed. */
  readonly signal: AbortSignal;
  /** Call it before every call that reaches the system. No I/O. @throws when the lease is lost or the attempt has ended */
  guard(): void;
  /**
   * Fires when the attempt has ended. Then no one awaits calls that have no answer yet: close their connection, so that it is not
   * used again. What was sent may have taken effect; the engine checks that.
   */
  readonly ended?: AbortSignal;
}

/** What a target system knows about an error of one of its clients. */
export interface ErrorExplanation {
  /** The statement that failed, without its parameters. */
  readonly statement?: string;
  /** The line of the app's own code that sent it. */
  readonly at?: string;
  /** True when the error says that the thing to create already exists: this attempt has not created it. */
  readonly alreadyExists?: true;
  /** What to do, one step a line. */
  readonly fix?: readonly string[];
}

/**
 * A system that changes act on.
 *
 * When an attempt has ended, for whatever reason, its clients refuse every call: a forgotten promise that still uses them throws.
 */
export interface TargetSystem {
  readonly id: string;
  /** The technology, for people: `typeorm:postgres`, `filesystem`. */
  readonly kind: string;
  readonly transactional: boolean;
  /** The clients that a change can ask for. They only serve to match parameters before anything runs. Opens nothing. */
  clients(): Clients;
  /** Warnings about its set-up, which are logged once, at boot. No I/O. */
  warnings?(): readonly string[];
  /** Calls `work` with live clients outside any transaction. */
  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T>;
  /** What it knows about an error of its clients beyond the error's own message. */
  explain?(error: unknown): ErrorExplanation | undefined;
}

/** A target system that can show what a change would do. */
export interface PreviewableTargetSystem extends TargetSystem {
  /**
   * True when a change sees what an earlier change did within the same call of `preview`. Then `work` calls all pending changes of
   * the target system with the same clients.
   *
   * @default false: `work` calls one change
   */
  readonly previewsTogether?: boolean;
  /**
   * Calls `work` with clients that only read, and pass what they would write to `note`. A client that cannot guarantee this throws
   * when it is used.
   */
  preview(scope: AttemptScope, note: NotePreviewed, work: (clients: Clients) => Promise<void>): Promise<void>;
}

/** A target system that can undo everything a change did, up to its commit. */
export interface TransactionalTargetSystem extends TargetSystem {
  readonly transactional: true;
  /** Identity of the connection; the same as the audit store's when both are one database. */
  readonly resource: unknown;
  /** True where some statements commit implicitly (DDL of MySQL and MariaDB), so that a transaction can end too early. */
  readonly commitsImplicitly: boolean;
  /**
   * BEGIN, `work`, COMMIT. When `work` throws, rolls back and rethrows the error.
   * An error after `work` has returned comes from the commit: then it is unknown whether the commit happened.
   *
   * Where `commitsImplicitly`, a marker of kind `open` is written first and removed by `TargetTransaction.seal`.
   */
  transaction<T>(scope: AttemptScope, work: (transaction: TargetTransaction) => Promise<T>): Promise<T>;
  markers(chain: ChainIdentity): MarkerStore;
}

/** An open transaction on a target system. */
export interface TargetTransaction {
  readonly clients: Clients;
  /** What `AuditStore.append` takes to write within this transaction. */
  readonly session: unknown;
  /**
   * Ends the change's part: its clients refuse every call from now on, and only the methods below follow.
   *
   * @returns whether a statement has committed the transaction implicitly
   * @throws OutsideTransactionError when a statement ran outside the transaction and the change does not allow that
   */
  seal(): Promise<{ readonly brokenOpen: boolean }>;
  /** Raises the fence row to `token` and sets its `witness`. @returns false when a newer holder has raised it already */
  raiseFence(token: number, witness: ChainHead): Promise<boolean>;
  writeMarker(marker: Marker): Promise<void>;
  /** Removes the markers of these changes, where they exist. The fence is raised in the same transaction. */
  removeMarkers(changeIds: readonly string[]): Promise<void>;
}

/**
 * What a marker says: the change was `applied`, its undo was committed (`undone`), or its transaction is `open` and may have been
 * committed implicitly.
 */
export type MarkerKind = 'applied' | 'undone' | 'open';

/** A row in the target system that is committed together with the effect of a change. A change has at most one. */
export interface Marker {
  readonly changeId: string;
  readonly attempt: number;
  /** Fencing token of the writer. */
  readonly fence: number;
  readonly kind: MarkerKind;
}

/** The fence row of a chain in a target system. */
export interface TargetFence {
  /** The highest fencing token that was used here. */
  readonly token: number;
  /**
   * The latest audit entry that is known here. A commit sets STARTED of its change; the removal of a marker sets the entry that
   * settled the attempt. Null before the first commit.
   */
  readonly witness: ChainHead | null;
}

/** A fence row, and the chain that it belongs to. */
export interface KnownFence extends ChainIdentity, TargetFence {}

/** The fence row and the markers of one chain in a transactional target system. */
export interface MarkerStore {
  /** Creates the tables if they are missing, and brings older ones up to date. Safe when many replicas do it at once. */
  open(): Promise<void>;
  /**
   * Raises the fence row to `token` in a transaction of its own. Waits for a bounded time. The witness stays as it is.
   *
   * @returns the row as it is now; a token above `token` belongs to a newer holder, and the row was not changed
   * @throws an error that names the session that blocks the row
   */
  raiseFence(token: number): Promise<TargetFence>;
  /** All markers of the chain; empty when the tables do not exist. */
  read(): Promise<readonly Marker[]>;
  /**
   * Removes the markers of these changes if the fence row is not above `token`, and in the same transaction sets the row's
   * witness, unless that is a later entry. Without the marker, the witness alone shows when the audit has lost these entries.
   */
  remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void>;
  /** The fence rows of every chain that has used this target system; empty when the tables do not exist. */
  fences(): Promise<readonly KnownFence[]>;
  /** Removes the fence row and all markers of this chain. */
  forget(): Promise<void>;
}
