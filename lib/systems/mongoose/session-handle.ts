import type { mongo } from 'mongoose';
import { notYours, type Place } from './attempt-errors.js';

type Session = mongo.ClientSession;

/** What begins or ends a transaction or the session itself. */
const CONTROL: ReadonlySet<PropertyKey> = new Set([
  'startTransaction',
  'commitTransaction',
  'abortTransaction',
  'withTransaction',
  'endSession',
]);

/** The session of an attempt as its change gets it: for operations; in a transaction it can neither end it nor begin another. */
export function changeSession(session: Session, place: Place, inTransaction: boolean): Session {
  const refused = inTransaction ? CONTROL : new Set<PropertyKey>(['endSession']);
  return sessionFacade(session, (property) => {
    if (!refused.has(property)) return undefined;
    return (): never => {
      throw notYours(place, `session.${String(property)}()`);
    };
  });
}

/** The session of an attempt as the driver gets it for an operation that has none: it ends what it thinks to have begun. */
export function lentSession(session: Session): Session {
  return sessionFacade(session, (property) =>
    property === 'endSession' ? (): Promise<void> => Promise.resolve() : undefined,
  );
}

/** The very session, but for some of its members. */
function sessionFacade(session: Session, memberOf: (property: PropertyKey) => unknown): Session {
  return new Proxy(session, {
    get: (target, property) => memberOf(property) ?? (Reflect.get(target, property, target) as unknown),
    set: (target, property, value) => Reflect.set(target, property, value, target),
  });
}
