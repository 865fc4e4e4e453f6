/** Band 0..4 of a score of 0..100; each has a colour of the ramp. */
export const scoreBand = (score: number): number => Math.min(4, Math.max(0, Math.floor(score / 20)))

/** A score: the number, and the colour beside it. Null is "not scored", never 0. */
export const Score = ({ value }: { readonly value: number | null }) =>
  value === null
    ? <span class="quiet">not scored</span>
    : <span class="score"><span class="figure">{value.toFixed(1)}</span><i class="swatch" aria-hidden="true" style={{ background: `var(--suspicion-${scoreBand(value)})` }} /></span>
