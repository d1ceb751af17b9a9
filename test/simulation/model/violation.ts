/** The invariants of the protocol, and what else must never be. */
export type Invariant =
  'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'settled' | 'cut' | 'behind' | 'ends' | 'defect';

/** Something that must never be, and was. */
export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}
