import type { ChainHead } from './audit-entry.js';
import type { ChainIdentity } from './audit-store.js';
import type { OutsideTransactionPolicy } from './change.js';
import type { NotePreviewed } from './previewed-operation.js';

/** What a change may ask for by name: a text, a symbol or the client's class. */
export type ClientToken = string | symbol | (abstract new (...args: never[]) => unknown);

/** One client of a target system, as it is given to a change's methods. */
export interface Client {
  readonly token: ClientToken;
  readonly instance: unknown;
}

/** The clients of a target system; the first one is the main client. */
export type Clients = readonly [Client, ...Client[]];

/** The attempt that a target system works for, and the chain that its markers and fence belong to. */
export interface AttemptScope extends ChainIdentity {
  /** Fencing token of the run; absent where nothing is written. */
  readonly token?: number;
  readonly executionId: string;
  readonly changeId: string;
  readonly attempt: number;
  readonly outsideTransaction: OutsideTransactionPolicy;
  /** Fires when a stop was asked for, the lease is lost or the time is up. */
  readonly signal: AbortSignal;
  /** Throws once the lease is lost or the attempt has ended. No I/O: call it before every call that reaches the system. */
  guard(): void;
  /**
   * Fires when the attempt has ended. Whoever still waits for an answer of the system is waited for by nobody: cut the connection,
   * so that it is not used again. What has been sent may have happened; the engine looks.
   */
  readonly ended?: AbortSignal;
}

/** What a target system knows about an error that one of its clients threw. */
export interface ErrorExplanation {
  /** The statement that failed, without its parameters. */
  readonly statement?: string;
  /** The place in the app's own code that sent it. */
  readonly at?: string;
  /** True when the error says that what was to be made exists already: this attempt has not made it. */
  readonly alreadyExists?: true;
  /** What to do, one step a line. */
  readonly fix?: readonly string[];
}

/**
 * A system that changes act upon.
 *
 * When an attempt ends, however it ends, its clients are dead: what a forgotten promise still does with them throws.
 */
export interface TargetSystem {
  readonly id: string;
  /** The technology, for people: `typeorm:postgres`, `filesystem`. */
  readonly kind: string;
  readonly transactional: boolean;
  /** What there is to ask for. Opens nothing; used to match parameters before anything runs, never to work with. */
  clients(): Clients;
  /** What about its set-up a person should know; told once, at boot. No I/O. */
  warnings?(): readonly string[];
  /** Gives `work` live clients outside any transaction. */
  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T>;
  /** Tells about an error of its clients what the error itself does not. */
  explain?(error: unknown): ErrorExplanation | undefined;
}

/** A target system that can show what a change would do. */
export interface PreviewableTargetSystem extends TargetSystem {
  /**
   * True when, within one call of `preview`, a change sees what the one before it did. Then `work` calls all pending changes of
   * the target system, each of them with the same clients.
   *
   * @default false: `work` calls one change
   */
  readonly previewsTogether?: boolean;
  /**
   * Gives `work` clients that read and never write: what they would write is told to `note` instead. A client that cannot
   * keep that promise throws when it is used.
   */
  preview(scope: AttemptScope, note: NotePreviewed, work: (clients: Clients) => Promise<void>): Promise<void>;
}

/** A target system that can undo everything a change did, up to its commit. */
export interface TransactionalTargetSystem extends TargetSystem {
  readonly transactional: true;
  /** Identity of the connection; equal to the audit store's when both are one database. */
  readonly resource: unknown;
  /** True where some statements commit on their own (DDL of MySQL and MariaDB), so that a transaction can be broken open. */
  readonly commitsImplicitly: boolean;
  /**
   * BEGIN, `work`, COMMIT; rolls back when `work` throws and rethrows its error.
   * What is thrown after `work` returned comes from the commit: nobody knows then whether it happened.
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
   * Ends the change's part: its clients are dead from here, and only the steps below follow.
   *
   * @returns whether the transaction had been broken open by an implicit commit.
   * @throws OutsideTransactionError when a statement went around the transaction and the change does not allow it
   */
  seal(): Promise<{ readonly brokenOpen: boolean }>;
  /** Raises the fence row to `token` and makes `witness` the entry that it has seen. @returns false when a newer holder was here. */
  raiseFence(token: number, witness: ChainHead): Promise<boolean>;
  writeMarker(marker: Marker): Promise<void>;
  /** Removes the markers of these changes, as far as they exist. */
  removeMarkers(changeIds: readonly string[]): Promise<void>;
}

/**
 * What a marker tells: the change was `applied`, its undo was committed (`undone`),
 * or its transaction was broken open by an implicit commit (`open`).
 */
export type MarkerKind = 'applied' | 'undone' | 'open';

/** A row in the target system that is committed together with the effect of a change. One for each change. */
export interface Marker {
  readonly changeId: string;
  readonly attempt: number;
  /** Fencing token of the writer. */
  readonly fence: number;
  readonly kind: MarkerKind;
}

/** What the fence row of a chain in a target system says. */
export interface TargetFence {
  /** The highest fencing token that was at work here. */
  readonly token: number;
  /** The audit entry that the last commit here has seen: STARTED of its change. Null before the first commit. */
  readonly witness: ChainHead | null;
}

/** A fence row, and whose it is. */
export interface KnownFence extends ChainIdentity, TargetFence {}

/** The bookkeeping of one chain in a transactional target system. */
export interface MarkerStore {
  /** Creates the tables if they are missing, and brings older ones up to date. Safe when many replicas do it at once. */
  open(): Promise<void>;
  /**
   * Raises the fence row to `token` in a transaction of its own; bounded wait. Its witness stays.
   *
   * @returns the row as it is now; a token above `token` is that of a newer holder, and the row was left alone
   * @throws an error that names the session in the way
   */
  raiseFence(token: number): Promise<TargetFence>;
  /** All markers of the chain; none when the tables do not exist. */
  read(): Promise<readonly Marker[]>;
  /** Removes the markers of these changes if the fence row is not above `token`. */
  remove(changeIds: readonly string[], token: number): Promise<void>;
  /** The fence rows of every chain that was at work in this target system; none when the tables do not exist. */
  fences(): Promise<readonly KnownFence[]>;
  /** Removes the fence row and all markers of this chain. */
  forget(): Promise<void>;
}
