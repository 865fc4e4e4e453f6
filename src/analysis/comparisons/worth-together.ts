/**
 * What agreements are worth together that are not independent, in bits, each by
 * its own chance: the most telling in full and the others half, since nodes that
 * agree once agree more easily again.
 */
export const worthTogether = (bits: ReadonlyArray<number>): number =>
  (Math.max(...bits) + bits.reduce((sum, of) => sum + of, 0)) / 2
