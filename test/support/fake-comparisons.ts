import type { Comparison, Forgeability, Level, Question } from "../../src/analysis/comparisons/comparison.ts"
import type { ServerTraits } from "../../src/analysis/traits/server-traits.ts"
import { traitsOf } from "./server-traits.ts"

/** Values of a server by the name of the trait; null and missing are unknown. */
export type FakeValues = Readonly<Record<string, string | number | null>>

/** A server whose fake values comparisons of `equalIn` read. */
export interface FakeServer extends ServerTraits {
  readonly fake: FakeValues
}

export const fakeServer = (serverId: number, fake: FakeValues, known: Partial<ServerTraits> = {}): FakeServer => ({
  ...traitsOf(serverId, { hosts: [`s${serverId}.example.org`], ...known }),
  fake
})

const valueOf = (server: ServerTraits, trait: string): string | null => {
  const value = (server as FakeServer).fake[trait]
  return value === undefined || value === null ? null : String(value)
}

export interface FakeComparison {
  readonly trait: string
  readonly forgeability: Forgeability
  readonly question?: Question
  readonly bundle?: string
  readonly m?: number
  readonly u?: number
  readonly measured?: boolean
  /** Unequal values speak against. */
  readonly against?: { readonly m: number; readonly u: number }
}

/** Two servers agree when they have one value of a trait. */
export const equalIn = (
  { against, bundle, forgeability, m = 0.8, measured = false, question = "same operator", trait, u = 0.001 }: FakeComparison
): Comparison => {
  const levels: ReadonlyArray<Level> = [
    { name: "equal", m, u, measured },
    ...against === undefined ? [] : [{ name: "differs", ...against, measured: false }]
  ]
  return {
    name: trait,
    definition: `They have one ${trait}.`,
    question,
    forgeability,
    bundle: bundle ?? trait,
    levels,
    innocent: [],
    keys: (server) => {
      const value = valueOf(server, trait)
      return value === null ? [] : [value]
    },
    compare: (a, b) => {
      const [x, y] = [valueOf(a, trait), valueOf(b, trait)]
      if (x === null || y === null) return undefined
      if (x === y) return { level: 0, value: x, detail: () => ({ value: x }) }
      return against === undefined ? undefined : { level: 1, detail: () => ({ a: x < y ? x : y, b: x < y ? y : x }) }
    }
  }
}

/** One comparison of every kind of forgeability, with levels that are plausible for it. */
export const everyKind: ReadonlyArray<Comparison> = [
  equalIn({ trait: "key", forgeability: "possession", u: 0.0001 }),
  equalIn({ trait: "evening", forgeability: "copyable", m: 0.5, u: 0.005 }),
  equalIn({ trait: "mutual", forgeability: "two-sided", m: 0.5, u: 0.001 }),
  equalIn({ trait: "donation", forgeability: "copyable", u: 0.0005, against: { m: 0.05, u: 0.95 } }),
  equalIn({ trait: "banner", forgeability: "copyable", u: 0.001 }),
  equalIn({ trait: "name", bundle: "naming", forgeability: "copyable", m: 0.6, u: 0.005, measured: true }),
  equalIn({ trait: "port", forgeability: "copyable", m: 0.7, u: 0.01, measured: true }),
  equalIn({ trait: "asn", forgeability: "hosting", m: 0.6, u: 0.01, measured: true }),
  equalIn({ trait: "software", forgeability: "software", m: 0.9, u: 0.02, measured: true }),
  equalIn({ trait: "node", forgeability: "backend", question: "shared infrastructure", m: 0.9, u: 0.001 }),
  equalIn({ trait: "address", forgeability: "hosting", question: "same machine", m: 0.9, u: 0.001 })
]
