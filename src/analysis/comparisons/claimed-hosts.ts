import type { ServerTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

const claims = once((server: ServerTraits): ReadonlyArray<string> =>
  server.claimedHosts.length === 0 ? [] : [[...new Set(server.claimedHosts.map(({ host }) => host))].toSorted().join(" ")])

/** Both say that they are the same hosts. */
export const claimedHosts: Comparison = {
  name: "claims the same hosts",
  definition: "Features of both name exactly the same hosts: two ways to one server, or a relay that passes on what it is told.",
  question: "same server",
  forgeability: "copyable",
  bundle: "claims",
  levels: [{ name: "the same hosts", m: 0.6, u: 1e-3, measured: false }],
  innocent: ["a relay in front of somebody's server", "a map of hosts copied from a sample"],
  keys: claims,
  compare: (a, b) => {
    const [[ofA], [ofB]] = [claims(a), claims(b)]
    return ofA === undefined || ofA !== ofB ? undefined : { level: 0, value: ofA, detail: () => ({ hosts: ofA.split(" ").slice(0, 20) }) }
  }
}
