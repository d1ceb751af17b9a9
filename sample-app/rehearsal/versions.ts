import { INSTALMENT_TERMS, type InstalmentTerms, OfferInstalments } from '../changes/offer-instalments.js';

const CORRECT: readonly InstalmentTerms[] = [
  { months: 3, currency: 'EUR' },
  { months: 12, currency: 'EUR' },
];

/** What gets deployed in a rehearsal: the shop as it was, or with a new change that has these terms. */
const TERMS: Readonly<Record<string, () => Iterable<InstalmentTerms> | undefined>> = {
  'as-it-was': () => undefined,
  mistaken: () => [
    { months: 3, currency: 'EUR' },
    { months: 12, currency: 'EURO' },
  ],
  correct: () => CORRECT,
  'power-fails': firstThenNothing,
};

/** The providers that a version has beside those of the shop. @throws Error when there is no such version */
export function providersOf(version: string) {
  const terms = TERMS[version];
  if (!terms) throw new Error(`There is no version '${version}', but ${Object.keys(TERMS).join(', ')}.`);
  const useValue = terms();
  return useValue ? [{ provide: INSTALMENT_TERMS, useValue }, OfferInstalments] : [];
}

/** The process is gone when it asks for the second one: no `finally`, no signal handler, nothing. */
function* firstThenNothing(): Iterable<InstalmentTerms> {
  yield* CORRECT.slice(0, 1);
  process.kill(process.pid, 'SIGKILL');
}
