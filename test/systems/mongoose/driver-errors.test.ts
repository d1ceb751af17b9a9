import { beforeAll, describe, expect, it } from '@jest/globals';
import type { mongo } from 'mongoose';
import { isAnswered, isUnsent } from '../../../lib/systems/mongoose/connection/mongo-errors.js';
import { mongooseOf } from './support/connections.js';

type Driver = typeof mongo;
type Row = readonly [name: string, make: (driver: Driver) => Error];

/** As the driver makes it of the server's answer. */
const answer =
  (code: number, more: object = {}) =>
  ({ MongoServerError }: Driver): Error =>
    new MongoServerError({ message: `code ${code}`, code, ...more });

const answers = (codes: Readonly<Record<string, number>>): Row[] =>
  Object.entries(codes).map(([name, code]): Row => [`${code} ${name}`, answer(code)]);

const writeConcernError = { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'too few members' };

const REFUSALS: readonly Row[] = [
  ...answers({
    Unauthorized: 13,
    DocumentValidationFailure: 121,
    BSONObjectTooLarge: 10334,
    DuplicateKey: 11000,
  }),
];

const MAYBE_DONE: readonly Row[] = [
  ...answers({
    HostUnreachable: 6,
    HostNotFound: 7,
    WriteConcernTimeout: 64,
    NetworkTimeout: 89,
    ShutdownInProgress: 91,
    PrimarySteppedDown: 189,
    ExceededTimeLimit: 262,
    SocketException: 9001,
    NotWritablePrimary: 10107,
    InterruptedAtShutdown: 11600,
    InterruptedDueToReplStateChange: 11602,
    NotPrimaryNoSecondaryOk: 13435,
    NotPrimaryOrSecondary: 13436,
  }),
  [
    '100 of a write concern',
    ({ MongoWriteConcernError }) => new MongoWriteConcernError({ ok: 1, writeConcernError }),
  ],
  ['121 with an error of the write concern beside it', answer(121, { writeConcernError })],
  ['121 that may be tried again', answer(121, { errorLabels: ['RetryableWriteError'] })],
  [
    '251 of a transaction that may be begun again',
    answer(251, { errorLabels: ['TransientTransactionError'] }),
  ],
  [
    '121 of a commit that may have happened',
    answer(121, { errorLabels: ['UnknownTransactionCommitResult'] }),
  ],
  ['a broken connection', ({ MongoNetworkError }) => new MongoNetworkError('read ECONNRESET')],
  [
    'a connection that timed out',
    ({ MongoNetworkTimeoutError }) => new MongoNetworkTimeoutError('connection timed out'),
  ],
  [
    'an operation of a broken connection',
    ({ MongoError, MongoNetworkError }) =>
      Object.assign(new MongoError('failed'), { cause: new MongoNetworkError('read ECONNRESET') }),
  ],
  [
    'an error of the operating system',
    () => Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32, syscall: 'write' }),
  ],
];

describe.each([9, 8] as const)('what an error of the driver says of a write, with Mongoose %d', (major) => {
  let driver: Driver;
  beforeAll(async () => {
    driver = (await mongooseOf(major)).mongo;
  });

  it.each(REFUSALS)('%s: refused', (_name, make) => {
    expect(isAnswered(make(driver))).toBe(true);
  });

  it.each(MAYBE_DONE)('%s: maybe done', (_name, make) => {
    const error = make(driver);
    expect([isAnswered(error), isUnsent(error)]).toEqual([false, false]);
  });

  it('a text that is too long for BSON: never sent', () => {
    const { BSON, MongoInvalidArgumentError } = driver;
    const unsent = [
      new BSON.BSONError('offset is out of bounds'),
      new MongoInvalidArgumentError('too large'),
    ];
    expect(unsent.map((error) => [isUnsent(error), isAnswered(error)])).toEqual([
      [true, false],
      [true, false],
    ]);
  });
});
