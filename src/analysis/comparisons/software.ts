import { rangeText } from "../../domain/implementation.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

const softwareOf = once(({ implementation, releases }: ServerTraits): ReadonlyArray<string> =>
  implementation === null || releases === null ? [] : [`${implementation} ${rangeText(releases)}`])

const innocent = ["widespread software, in widespread releases", "one image or package"]

/** What both run: strangers run it too, by how many. */
export const softwareComparisons: ReadonlyArray<Comparison> = [
  {
    name: "behaviour fingerprint",
    definition: "The normalised behaviour of both is equal: same software and configuration, claims left out.",
    question: "same operator",
    forgeability: "software",
    bundle: "software",
    levels: [{ name: "one fingerprint", m: 0.6, u: 0.01, measured: true }],
    innocent,
    keys: ({ fingerprintHash }) => fingerprintHash === null ? [] : [fingerprintHash],
    compare: (a, b) =>
      a.fingerprintHash === null || a.fingerprintHash !== b.fingerprintHash
        ? undefined
        : { level: 0, value: a.fingerprintHash, detail: () => ({ fingerprint: a.fingerprintHash }) }
  },
  {
    name: "software",
    definition: "Both behave like the same releases of one implementation.",
    question: "same operator",
    forgeability: "software",
    bundle: "software",
    levels: [{ name: "the same releases", m: 0.6, u: 0.02, measured: true }],
    innocent,
    keys: softwareOf,
    compare: (a, b) => {
      const [[ofA], [ofB]] = [softwareOf(a), softwareOf(b)]
      return ofA === undefined || ofA !== ofB ? undefined : { level: 0, value: ofA, detail: () => ({ software: ofA }) }
    }
  }
]
