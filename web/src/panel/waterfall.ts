import type { EvidenceRow, PairDetail } from "../../../src/atlas/shapes/evidence.ts"

/** One bar of the way from what is assumed of two servers drawn at random to what is said of these. */
export interface Step {
  readonly kind: "prior" | "evidence" | "rest" | "held" | "sum"
  readonly label: string
  /** Length of the bar, with its sign. */
  readonly bits: number
  readonly from: number
  readonly to: number
  readonly evidence: EvidenceRow | null
}

export interface Waterfall {
  readonly steps: ReadonlyArray<Step>
  /** Known, but in no sum: another comparison stands for it, or it speaks to another question. */
  readonly apart: ReadonlyArray<EvidenceRow>
  /** Ends of the scale in bits; 0 (as likely as not) is always within. */
  readonly low: number
  readonly high: number
}

/** Binary log odds of a probability. */
export const bitsOf = (p: number): number => Math.log2(p / (1 - p))

/** Probability of binary log odds. */
export const probabilityOf = (bits: number): number => 1 / (1 + 2 ** -bits)

/** Below this two sums are the same one. */
const equal = 0.05

/** Whether a comparison speaks to the question that the bars answer. */
export const isOperator = ({ question }: EvidenceRow): boolean => question === undefined || question === "same operator"

const bySize = (a: EvidenceRow, b: EvidenceRow): number =>
  Math.abs(b.bits) - Math.abs(a.bits) || a.comparison.localeCompare(b.comparison)

/** The bars of a pair, sorted by size, the prior first and the sum last; null where no sum was kept. */
export const waterfallOf = ({ evidence, heldBy, operatorBits, priorBits, sameOperator }: Pick<PairDetail, "evidence" | "heldBy" | "operatorBits" | "priorBits" | "sameOperator">): Waterfall | null => {
  const apart = evidence.filter((row) => !row.counted || !isOperator(row)).toSorted(bySize)
  if (priorBits === null || operatorBits === null) return null
  const steps: Array<Step> = [{ kind: "prior", label: "two servers drawn at random", bits: priorBits, from: 0, to: priorBits, evidence: null }]
  const add = (kind: Step["kind"], label: string, bits: number, row: EvidenceRow | null): void => {
    const from = steps.at(-1)!.to
    steps.push({ kind, label, bits, from, to: from + bits, evidence: row })
  }
  for (const row of evidence.filter((row) => row.counted && isOperator(row)).toSorted(bySize)) add("evidence", row.comparison, row.bits, row)
  const sum = priorBits + operatorBits
  const rest = sum - steps.at(-1)!.to
  if (Math.abs(rest) >= equal) add("rest", "caps, and the place, node and software", rest, null)
  const last = sameOperator === null || sameOperator <= 0 || sameOperator >= 1 ? sum : bitsOf(sameOperator)
  if (heldBy !== null && last < sum - equal) add("held", `held down: ${heldBy}`, last - sum, null)
  const end = steps.at(-1)!.to
  steps.push({ kind: "sum", label: "posterior", bits: end, from: 0, to: end, evidence: null })
  const ends = steps.flatMap(({ from, to }) => [from, to])
  return { steps, apart, low: Math.min(0, ...ends), high: Math.max(0, ...ends) }
}

/** Where a bar begins and how long it is, in hundredths of the scale. */
export const barOf = ({ from, to }: Step, { high, low }: Pick<Waterfall, "low" | "high">): { readonly x: number; readonly width: number } => {
  const whole = high - low || 1
  return { x: 100 * (Math.min(from, to) - low) / whole, width: 100 * Math.abs(to - from) / whole }
}
