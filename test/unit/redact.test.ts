import { describe, expect, it } from '@jest/globals';
import { redact } from '../../lib/core/redact.js';

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
    'design=1, assignment: done, passenger=2, bypass: true',
    '',
  ])('leaves %j as it is', (text) => expect(redact(text)).toBe(text));

  it('takes a long text in little time', () => {
    const before = process.cpuUsage();
    for (const piece of [
      'a://b:',
      'password=',
      'x'.repeat(50),
      'eyJ',
      '-----BEGIN PRIVATE KEY-----',
      'bearer ',
    ])
      redact(piece.repeat(Math.ceil(1_000_000 / piece.length)));
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(5_000_000);
  });
});
