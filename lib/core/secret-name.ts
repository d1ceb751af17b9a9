/** How the value that belongs to a name is a secret. */
export type SecretKind = 'password' | 'token' | 'authorization' | 'cookie' | 'other';

/** In characters, from the end: longer names are none. */
const LONGEST_NAME = 100;

/** Ends of names, separators left out, and what they tell. The first that fits counts. */
const ENDS: readonly (readonly [RegExp, SecretKind])[] = [
  [/(?:passwords?|passwd|passphrase|passcode|pwd)$/, 'password'],
  [/(?:secret|secret(?:access)?key|secretkeybase|secretkeyid)$/, 'other'],
  [/authorization$/, 'authorization'],
  [/cookies?$/, 'cookie'],
  [/(?:token|jwt)$/, 'token'],
  [
    /(?:api|access|account|private|shared|subscription|encryption|signing|master|auth)(?:access)?key(?:id)?$/,
    'other',
  ],
  [/(?:signature|amzcredential|session(?:id|key)|sessid|connectsid)$/, 'other'],
];

/** Names that are secret only when they stand alone or behind a separator: not in `bypass` and `design`. */
const LAST_WORDS: Readonly<Record<string, SecretKind>> = { pass: 'password', sig: 'other' };

/** What a name says about its value, however it is written: `DB_PASSWORD`, `dbPassword`, `db.password`; undefined for no secret. */
export function secretKind(written: string): SecretKind | undefined {
  const name = written.slice(-LONGEST_NAME);
  if (name === 'sid') return 'other';
  const compact = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const end = ENDS.find(([pattern]) => pattern.test(compact));
  if (end) return end[1];
  const last = /(?:[A-Z]|[a-z0-9])[a-z0-9]{0,8}$/.exec(name)?.[0].toLowerCase() ?? '';
  const word = name.slice(0, -last.length);
  const stands = word === '' || /[^A-Za-z0-9]$/.test(word) || /[A-Z]/.test(name.charAt(word.length));
  return stands && Object.hasOwn(LAST_WORDS, last) ? LAST_WORDS[last] : undefined;
}
