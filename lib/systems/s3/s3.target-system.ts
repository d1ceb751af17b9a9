import { S3Client } from '@aws-sdk/client-s3';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { outsideAnyChange } from '../../core/outside-any-change.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import { recipesInAttempt, recipesInPreview } from '../../core/recipe-clients.js';
import { RecipeLedger } from '../../core/recipe-ledger.js';
import { idleRecipes, Recipes } from '../../core/recipes.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../../core/target-system.js';
import { interceptedClient } from './intercepted-client.js';
import { S3Attempt } from './s3-attempt.js';
import { LeftObjects } from './objects/left-objects.js';
import { S3Buckets } from './s3-buckets.client.js';
import { type S3Settings, type S3TargetSystemOptions, settingsOf } from './s3-options.js';
import { type S3Session, sessionOf } from './s3-session.js';

/**
 * S3, or a server that speaks its protocol. It has no transactions: every call is there at once.
 *
 * Clients: the app's `S3Client`, guarded (the main one), `S3Buckets`, whose operations merge, can be previewed and put back,
 * and `Recipes`, which puts them back. Once the attempt has ended they refuse every call, and so does the app's client
 * for code of the attempt that still runs.
 */
export class S3TargetSystem implements PreviewableTargetSystem {
  readonly kind = 's3';
  readonly transactional = false;
  readonly #settings: S3Settings;
  readonly #ledger = new RecipeLedger<S3Session>();
  #left = { attemptName: '', left: new LeftObjects() };

  /**
   * @param id - what changes name in `targetSystem`
   * @param client - the app's; it is not destroyed here
   * @throws TargetSystemError for options that S3 would not take
   */
  constructor(
    readonly id: string,
    private readonly client: S3Client,
    options?: S3TargetSystemOptions,
  ) {
    this.#settings = settingsOf(id, options);
  }

  /** A target system whose client comes from the container. @param token - default: the class S3Client */
  static inject(
    id: string,
    token: InjectionTokenOf<S3Client> = S3Client,
    options?: S3TargetSystemOptions,
  ): Injected<S3TargetSystem, S3Client> {
    return {
      token,
      label: `S3TargetSystem '${id}'`,
      create: (client) => new S3TargetSystem(id, client, options),
    };
  }

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    const idle = interceptedClient(this.client, async () => refuse());
    return clientsOf(idle, new S3Buckets(idle, refuse), idleRecipes(refuse));
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const { attempt, session } = this.#begin(scope, false);
    const { gate, guarded } = attempt;
    const site = { targetId: this.id, session, gate, guard: () => scope.guard() };
    const { perform, recipes } = recipesInAttempt(site, this.#ledger.open(scope));
    return attempt.run(() => work(clientsOf(guarded, new S3Buckets(session.client, perform), recipes)));
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    const { attempt, session } = this.#begin(scope, true);
    const { gate, guarded } = attempt;
    const { perform, recipes } = recipesInPreview({ targetId: this.id, session, gate }, note);
    return attempt.run(() => work(clientsOf(guarded, new S3Buckets(session.client, perform), recipes)));
  }

  #begin(
    scope: AttemptScope,
    readOnly: boolean,
  ): { readonly attempt: S3Attempt; readonly session: S3Session } {
    const { id: targetId, client } = this;
    const attempt = new S3Attempt({ client, targetId, scope, readOnly });
    const { namespace, executionId, changeId, attempt: number } = scope;
    const attemptName = JSON.stringify([namespace, executionId, changeId, number]);
    if (attemptName !== this.#left.attemptName) this.#left = { attemptName, left: new LeftObjects() };
    return { attempt, session: sessionOf(attempt, targetId, this.#left, this.#settings) };
  }
}

function clientsOf(client: S3Client, buckets: S3Buckets, recipes: Recipes): Clients {
  return [
    { token: S3Client, instance: client },
    { token: S3Buckets, instance: buckets },
    { token: Recipes, instance: recipes },
  ];
}
