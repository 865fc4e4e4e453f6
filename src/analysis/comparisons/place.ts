import { addressBlock } from "../../domain/address.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { distinct, once, shared } from "./agreement.ts"
import type { Comparison, Question } from "./comparison.ts"

interface PlaceComparison {
  readonly name: string
  readonly definition: string
  readonly level: Comparison["levels"][number]
  readonly innocent: ReadonlyArray<string>
  readonly values: (server: ServerTraits) => ReadonlyArray<string>
  readonly question?: Question
  readonly bundle?: string
}

const placed = ({ bundle = "place", definition, innocent, level, name, question = "same operator", values }: PlaceComparison): Comparison => {
  const valuesOf = once((server) => distinct(values(server)))
  return {
    name,
    definition,
    question,
    forgeability: "hosting",
    bundle,
    levels: [level],
    innocent,
    keys: valuesOf,
    compare: (a, b) => {
      const common = shared(valuesOf(a), valuesOf(b))
      return common.length === 0 ? undefined : { level: 0, value: common[0]!, detail: () => ({ shared: common.slice(0, 20) }) }
    }
  }
}

/** Where servers are: anybody can rent there, so it never says who rents. */
export const placeComparisons: ReadonlyArray<Comparison> = [
  placed({
    name: "same address",
    definition: "Both were reached, or announced by their names, at one address.",
    question: "same machine",
    bundle: "address",
    level: { name: "one address", m: 0.8, u: 1e-3, measured: false },
    innocent: ["a proxy, tunnel or content network in front of several people's servers", "several customers behind one translated address"],
    values: ({ addresses }) => addresses.map(({ address }) => address)
  }),
  placed({
    name: "network block",
    definition: "Both have an address in one /24 (IPv4) or /48 (IPv6).",
    level: { name: "one block", m: 0.25, u: 1e-3, measured: true },
    innocent: ["neighbours at one hoster", "a proxy company's addresses"],
    values: ({ addresses }) => addresses.flatMap(({ address }) => addressBlock(address, 24, 48) ?? [])
  }),
  placed({
    name: "autonomous system",
    definition: "Both have an address that one autonomous system announces.",
    level: { name: "one system", m: 0.4, u: 5e-3, measured: true },
    innocent: ["one popular hoster or provider"],
    values: ({ addresses }) => addresses.flatMap(({ asn }) => asn === null ? [] : [`AS${asn}`])
  }),
  placed({
    name: "cloud",
    definition: "Both have an address of one company that rents out servers.",
    level: { name: "one company", m: 0.5, u: 0.02, measured: true },
    innocent: ["one popular company"],
    values: ({ addresses }) => addresses.flatMap(({ cloud }) => cloud ?? [])
  })
]
