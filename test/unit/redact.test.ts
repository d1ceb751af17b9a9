import { describe, expect, it } from '@jest/globals';
import { redact } from '../../lib/core/text/redact.js';
import { HOSTILE, PLANTED, UNSEEN } from './secret-shapes.js';

describe('redact', () => {
  it.each([
    ['postgres://app:s3cret@db:5432/shop', 'postgres://app:***@db:5432/shop'],
    ['mysql://app:p@ss/w:rd@db/shop failed', 'mysql://app:***@db/shop failed'],
    ['mongodb+srv://:only@cluster.example', 'mongodb+srv://:***@cluster.example'],
    ['https://0123456789abcdef0123456789@github.com/a', 'https://***@github.com/a'],
    ['host=db password=s3cret dbname=shop', 'host=db password=*** dbname=shop'],
    ["password='two words' user=app", "password='***' user=app"],
    ['{"user":"app","password":"s\\u0033cret","port":1}', '{"user":"app","password":"***","port":1}'],
    [
      "{ user: 'app', dbPassword: 'x', DB_PASSWORD: 'y' }",
      "{ user: 'app', dbPassword: '***', DB_PASSWORD: '***' }",
    ],
    ['PGPASSWORD=abc psql', 'PGPASSWORD=*** psql'],
    ['Server=db;Pwd=abc;Database=x', 'Server=db;Pwd=***;Database=x'],
    ['Authorization: Basic YWJjOmRlZg==', 'Authorization: Basic ***'],
    ['"authorization":"Bearer abc.def"', '"authorization":"Bearer ***"'],
    ['sent bearer 0123456789abcdef to it', 'sent bearer *** to it'],
    ['?api_key=abc&access_token=def&page=2', '?api_key=***&access_token=***&page=2'],
    ['X-Api-Key: abc', 'X-Api-Key: ***'],
    ['AccountName=x;AccountKey=abc+/=;', 'AccountName=x;AccountKey=***;'],
    ['aws_secret_access_key = abc', 'aws_secret_access_key = ***'],
    ['clientSecret: "abc"', 'clientSecret: "***"'],
    ['key AKIAIOSFODNN7EXAMPLE was refused', 'key *** was refused'],
    [`token ghp_${'a1'.repeat(18)} was refused`, 'token *** was refused'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '***'],
    ['Key (tenant, api_key)=(1, abc) already exists.', 'Key (tenant, api_key)=(1, ***) already exists.'],
    ['Failing row contains (1, abc).\n    at f', 'Failing row contains (***).\n    at f'],
    ["Duplicate entry 'bob' for key 'users.api_token'", "Duplicate entry '***' for key 'users.api_token'"],
    [
      "INSERT INTO a (id, api_token) VALUES (2, 'b''c'); SELECT 'd'\n    at f",
      "INSERT INTO a (id, api_token) VALUES (***, '***'); SELECT 'd'\n    at f",
    ],
    ["near 'VALUS (2, 'abc')' at line 1", "near 'VALUS (2, '***')' at line 1"],
    [
      '{"name":"password","type":"string","default":"abc"}',
      '{"name":"password","type":"string","default":"***"}',
    ],
    ['-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nnext', '***\nnext'],
  ])('hides the secret of %j', (text, expected) => expect(redact(text)).toBe(expected));

  it.each([
    'http://localhost:8080/users/@me',
    'postgres://app@db/shop',
    'https://registry.example:443',
    "Access denied for user 'app'@'localhost' (using password: YES)",
    'password authentication failed for user "app"',
    'fencing token: 7 of holder run-1',
    'Error: boom\n    at apply (file:///app/src/change.ts:10:5)',
    'duplicate key value violates unique constraint "flamingock_audit_pkey"',
    'Key (email)=(bob@example.com) already exists.',
    "Duplicate entry '17' for key 'PRIMARY'",
    "Duplicate entry '2026-01-31 10:00:00' for key 'events.at'",
    "Incorrect integer value: 'abc' for column `shop`.`users`.`age` at row 1",
    "INSERT INTO users (id, name) VALUES (2, 'bob')",
    "Failed to update user 'bob' and to insert 'x': token expired",
    'near "VALUS": syntax error',
    'E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: "bob" }',
    '{"name":"status","type":"string","default":"new"}',
    `Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
    'Cast to Number failed for value "abc" (type string) at path "age" for model "User"',
    'UPDATE accounts SET api_token = $1, password = ? WHERE id = $2',
    'design=1, assignment: done, passenger=2, bypass: true',
    '',
  ])('leaves %j as it is', (text) => expect(redact(text)).toBe(text));

  it.each(Object.entries(PLANTED))('leaves nothing of a secret: %s', (_, text) => {
    const once = redact(text);
    for (const secret of UNSEEN) expect(once).not.toContain(secret);
    expect(once).toContain('***');
    expect(redact(once)).toBe(once);
  });

  it.each(Object.entries(PLANTED))('leaves nothing where the text is cut: %s', (_, text) => {
    const before = 'é '.repeat(20);
    const long = `${before}${text} ${'x '.repeat(200)}`;
    for (let longest = before.length + 40; longest < before.length + text.length + 45; longest += 5) {
      const cut = redact(long, longest);
      for (const secret of UNSEEN) expect(cut).not.toContain(secret.slice(0, 8));
    }
  });

  it('cuts a text that is too long, and says how long it was', () => {
    expect(redact('x '.repeat(8_500_000))).toMatch(/^(x )+… cut: 17 MB of text$/);
    expect(redact('x '.repeat(8_500_000)).length).toBeLessThanOrEqual(64 * 1024);
    const long = redact(`${'y '.repeat(40_000)}`);
    expect(redact(long)).toBe(long);
  });

  it.each(HOSTILE)('takes a time that grows with the length alone: %j repeated', (piece) => {
    const timeOf = (length: number): number => {
      const text = piece.repeat(Math.ceil(length / piece.length));
      const before = process.cpuUsage();
      redact(text, Infinity);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    timeOf(20_000);
    const [short, long] = [timeOf(90_000), timeOf(180_000)];
    expect(long).toBeLessThan(1_000);
    // Four times would be quadratic; a few milliseconds are noise.
    expect(long).toBeLessThan(3.5 * short + 60);
  });

  it('takes texts of mixed pieces in little time', () => {
    const pieces = [...HOSTILE, ...Object.values(PLANTED)];
    const before = process.cpuUsage();
    for (let seed = 1; seed <= 20; seed++) {
      let state = seed;
      const next = (): number => (state = (state * 48_271) % 2_147_483_647);
      redact(Array.from({ length: 3_000 }, () => pieces[next() % pieces.length]).join(''), Infinity);
    }
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(10_000_000);
  });
});
