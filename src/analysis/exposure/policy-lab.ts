import type { ClusterMembership, Route, WalletNetwork } from "./candidate.ts"
import { computedOf, type Estimate, estimateOf } from "./interval.ts"
import { type Ownership, seenInWorlds, type Shares } from "./owners.ts"
import { onePerAsn, onePerOperator, onionOnly, type SelectionPolicy, splitQueries, todaysPolicy } from "./selection-policy.ts"
import type { Sightings } from "./sightings.ts"
import { simulateWallets } from "./simulate-wallets.ts"
import type { World } from "./worlds.ts"

/** What one rule of choosing servers leaks. */
export interface PolicyExposure {
  readonly policy: string
  readonly title: string
  readonly route: Route
  /** The wallet's IP address is shown to servers. */
  readonly showsIp: boolean
  readonly starts: number
  /** Share of wallets that find a server at all; a rule that leaves none protects nobody. */
  readonly served: number
  /** The most that one owner gets: probability to be asked about all scripts, mean share of scripts, probability of a connection. */
  readonly worstAll: Estimate
  readonly worstScripts: Estimate
  readonly worstConnected: Estimate
  /** Who gets the largest share of scripts, every probable cluster taken as one; null where nobody gets any. */
  readonly worstOwner: string | null
  /** Mean number of owners that are asked about some script. */
  readonly ownersAsked: number
}

/** How owners are named: a host, with how many servers of the same probable operator a wallet may choose beside it. */
export const ownerName = ({ cluster, host, servers }: Ownership["owners"][number]): string => {
  if (cluster === null) return host
  return `cluster ${cluster.clusterId} (${servers.length === 1 ? host : `${host} and ${servers.length - 1} more`})`
}

/**
 * In each world what the owner has who had most in other lives: the largest of
 * many uncertain numbers would be too large by chance.
 */
const worstIn = (
  measure: keyof Shares,
  worlds: number,
  chosenBy: ReadonlyArray<ReadonlyArray<Shares>>,
  told: ReadonlyArray<ReadonlyArray<Shares>>
): ReadonlyArray<number> => {
  // Owners that are no cluster are the same in every world.
  const at = (seen: ReadonlyArray<Shares>, world: number): number => (seen.length === 1 ? seen[0]! : seen[world]!)[measure]
  const larger = (world: number) => (best: number, i: number): number =>
    best < 0 || at(chosenBy[i]!, world) > at(chosenBy[best]!, world) ? i : best
  const places = chosenBy.map((_, i) => i)
  const alone = places.filter((i) => chosenBy[i]!.length === 1).reduce(larger(0), -1)
  const clusters = places.filter((i) => chosenBy[i]!.length > 1)
  return Array.from({ length: worlds }, (_, world) => {
    const worst = clusters.reduce(larger(world), alone)
    return worst < 0 ? 0 : at(told[worst]!, world)
  })
}

/** What a policy leaks, from sightings simulated under it. */
export const policyExposure = (
  sightings: Sightings,
  policy: SelectionPolicy,
  ownership: Ownership,
  worlds: ReadonlyArray<World>,
  { route, starts }: { readonly route: Route; readonly starts: number }
): PolicyExposure => {
  const whole = sightings.byOwner(ownership.whole, ownership.owners.length, starts)
  const anybody = sightings.byOwner(ownership.whole.map(() => 0), 1, starts)
  const half = Math.floor(sightings.trials / 2)
  const [chosenBy, told] = ([[0, half], [half, sightings.trials]] as const).map((lives) => seenInWorlds(sightings, ownership, worlds, starts, lives))
  const worst = (measure: keyof Shares): Estimate =>
    estimateOf(worstIn(measure, worlds.length, chosenBy!, told!), sightings.trials - half)
  const most = whole.scripts.reduce((best, share, i) => share > whole.scripts[best]! ? i : best, 0)
  const first = ownership.owners[most]
  return {
    policy: policy.name,
    title: policy.title,
    route,
    showsIp: route === "clearnet",
    starts,
    served: anybody.any[0]!,
    worstAll: worst("all"),
    worstScripts: worst("scripts"),
    worstConnected: worst("connected"),
    worstOwner: first === undefined || whole.scripts[most] === 0 ? null : ownerName(first),
    ownersAsked: whole.any.reduce((sum, share) => sum + share, 0)
  }
}

const nothing = computedOf([0])

/** A wallet with a server of its own shows nobody anything; nothing is simulated. */
const ownServer = (starts: number): PolicyExposure => ({
  policy: "own server",
  title: "asks only a server of its own",
  route: "clearnet",
  showsIp: false,
  starts,
  served: 1,
  worstAll: nothing,
  worstScripts: nothing,
  worstConnected: nothing,
  worstOwner: null,
  ownersAsked: 0
})

/** From which posterior on a published list of operators would name a cluster. */
const publishedFrom = 0.95

/** The rules that are compared; clusters are what somebody might publish. */
const comparedPolicies = (
  clusters: ReadonlyArray<ClusterMembership>
): ReadonlyArray<{ readonly policy: SelectionPolicy; readonly route: Route }> => {
  const clusterOf = new Map(
    clusters.filter(({ posterior }) => posterior >= publishedFrom)
      .flatMap(({ clusterId, serverIds }) => serverIds.map((id) => [id, clusterId] as const))
  )
  return [
    { policy: todaysPolicy, route: "clearnet" },
    { policy: onePerAsn, route: "clearnet" },
    { policy: onePerOperator((id) => clusterOf.get(id) ?? null), route: "clearnet" },
    { policy: splitQueries(3), route: "clearnet" },
    { policy: splitQueries(8), route: "clearnet" },
    { policy: onionOnly, route: "tor" }
  ]
}

/** Every rule, today's first and the wallet's own server last, after so many starts without a saved server. */
export const comparePolicies = (
  network: WalletNetwork,
  clusters: ReadonlyArray<ClusterMembership>,
  ownership: Ownership,
  worlds: ReadonlyArray<World>,
  options: { readonly starts: number; readonly lives: number; readonly randomSeed: number; readonly switchesPerStart: number }
): ReadonlyArray<PolicyExposure> => {
  const { starts, switchesPerStart } = options
  return [
    ...comparedPolicies(clusters).map(({ policy, route }) => {
      const habits = { route, savedServer: false, starts, switchesPerStart }
      return policyExposure(simulateWallets(network, policy, habits, options), policy, ownership, worlds, { route, starts })
    }),
    ownServer(starts)
  ]
}
