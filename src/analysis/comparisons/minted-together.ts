import { once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

const day = 86_400_000

interface Minted {
  readonly at: number
  readonly sha256: string
}

/** A start of validity at midnight is a day or a constant of the software, not the time of making. */
const isMoment = (validFrom: number): boolean => validFrom % day !== 0

const mintedBy = once((server): ReadonlyArray<Minted> =>
  server.certificates.flatMap((it) =>
    it.selfSigned && !it.trusted && !it.isDefault && it.validFrom !== null && isMoment(it.validFrom)
      ? [{ at: it.validFrom, sha256: it.sha256 }]
      : []))

/** Within how many milliseconds certificates were made together, narrowest first. */
const spans = [60_000, 600_000] as const

/** Two times within a span of each other fall in one of two neighbouring boxes of it. */
const boxesOf = ({ at }: Minted): ReadonlyArray<string> => {
  const box = Math.floor(at / spans[1])
  return [String(box), String(box + 1)]
}

/** Two different certificates signed by themselves, made within minutes of each other. */
export const mintedTogether: Comparison = {
  name: "minted together",
  definition: "Both presented self-signed certificates, different ones, whose validity begins within ten minutes. Dates at midnight and certificates of authorities do not count.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "minting",
  /**
   * u: of certificates made evenly over three years, two fall within a minute of
   * each other once in 800,000 pairs, within ten once in 80,000; people make them
   * at the same hours, after releases and in courses: forty times as often.
   * m: whoever sets up a fleet by a script makes some of them in one run.
   */
  levels: [
    { name: "within a minute", m: 0.25, u: 5e-5, measured: false },
    { name: "within ten minutes", m: 0.15, u: 5e-4, measured: false }
  ],
  innocent: [
    "people who made them together, at a meet-up or in a course",
    "an image whose certificates are made in advance",
    "somebody who wrote another's date into a certificate: it is whatever its maker says",
    "chance, among many servers"
  ],
  keys: once((server) => [...new Set(mintedBy(server).flatMap(boxesOf))]),
  compare: (a, b) => {
    const [ofA, ofB] = [mintedBy(a), mintedBy(b)]
    if (ofA.length === 0 || ofB.length === 0) return undefined
    if (ofA.every((x) => ofB.every((y) => Math.abs(x.at - y.at) > spans[1]))) return undefined
    const common = new Set(shared(ofA.map((it) => it.sha256), ofB.map((it) => it.sha256)))
    // The first of the closest, so that it does not depend on whose come first.
    const [closest] = ofA
      .filter(({ sha256 }) => !common.has(sha256))
      .flatMap((x) => ofB.filter(({ sha256 }) => !common.has(sha256)).map((y) => [x.at, y.at].toSorted((p, q) => p - q)))
      .toSorted(([p, q], [r, s]) => q! - p! - (s! - r!) || p! - r!)
    if (closest === undefined) return undefined
    const apart = closest[1]! - closest[0]!
    const level = spans.findIndex((span) => apart <= span)
    if (level === -1) return undefined
    return {
      level,
      detail: () => ({ seconds_apart: apart / 1000, valid_from: closest.map((at) => new Date(at).toISOString()) })
    }
  }
}
