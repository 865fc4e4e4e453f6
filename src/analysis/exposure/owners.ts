import type { CandidateServer, ClusterMembership } from "./candidate.ts"
import { type Estimate, estimateOf } from "./interval.ts"
import type { OwnerShares, Sightings } from "./sightings.ts"
import type { World } from "./worlds.ts"

/** Who would know what servers saw: a probable operator, or a server that is in no cluster. */
export interface Owner {
  /** Null for a server alone. */
  readonly cluster: ClusterMembership | null
  /** Place of the cluster among those given; -1 for a server alone. */
  readonly clusterPlace: number
  /** Null for a cluster, and for a host that the crawl does not know. */
  readonly serverId: number | null
  /** Host of the first candidate, to name it by. */
  readonly host: string
  /** Its candidates, by place. */
  readonly candidates: ReadonlyArray<number>
  /** Its servers by their number among all single ones, with their place in the cluster. */
  readonly servers: ReadonlyArray<{ readonly number: number; readonly member: number }>
}

/** Candidates by their owners, once with every cluster as one and once with every server apart. */
export interface Ownership {
  readonly owners: ReadonlyArray<Owner>
  /** Owner of each candidate, by place. */
  readonly whole: ReadonlyArray<number>
  /** Server of each candidate, by place; hosts that the crawl does not know are servers of their own. */
  readonly apart: ReadonlyArray<number>
  readonly servers: number
}

/** The places of clusters, the likeliest first: a server in several counts with the first of them. */
export const byPosterior = (clusters: ReadonlyArray<ClusterMembership>): ReadonlyArray<number> =>
  clusters.map((_, place) => place).toSorted((a, b) => clusters[b]!.posterior - clusters[a]!.posterior || clusters[a]!.clusterId - clusters[b]!.clusterId)

/** Groups candidates by server, and servers by cluster. */
export const ownershipOf = (
  candidates: ReadonlyArray<CandidateServer>,
  clusters: ReadonlyArray<ClusterMembership>
): Ownership => {
  const placeOf = new Map<number, readonly [place: number, member: number]>()
  for (const place of byPosterior(clusters).toReversed()) {
    clusters[place]!.serverIds.forEach((serverId, member) => placeOf.set(serverId, [place, member]))
  }
  const serverNumbers = new Map<string, number>()
  const ownerNumbers = new Map<string, number>()
  const owners: Array<Owner & { candidates: Array<number>; servers: Array<{ number: number; member: number }> }> = []
  const [apart, whole]: [Array<number>, Array<number>] = [[], []]
  const numberIn = (numbers: Map<string, number>, key: string): number => {
    const known = numbers.get(key) ?? numbers.size
    numbers.set(key, known)
    return known
  }
  candidates.forEach(({ host, serverId }, i) => {
    const server = serverId === null ? `host ${host}` : `server ${serverId}`
    const [clusterPlace, member] = (serverId === null ? undefined : placeOf.get(serverId)) ?? [-1, -1]
    const number = numberIn(serverNumbers, server)
    const owner = numberIn(ownerNumbers, clusterPlace < 0 ? server : `cluster ${clusterPlace}`)
    apart.push(number)
    whole.push(owner)
    const known = owners[owner] ??= {
      cluster: clusters[clusterPlace] ?? null,
      clusterPlace,
      serverId: clusterPlace < 0 ? serverId : null,
      host,
      candidates: [],
      servers: []
    }
    known.candidates.push(i)
    if (!known.servers.some((other) => other.number === number)) known.servers.push({ number, member })
  })
  return { owners, whole, apart, servers: serverNumbers.size }
}

/** What an owner comes to see of a wallet, after so many starts. */
export interface OwnerExposure {
  readonly owner: Owner
  readonly starts: number
  /** Probability to be the main server, which is asked about all addresses (with split queries: about some). */
  readonly main: Estimate
  /** Probability to be connected to, which shows IP address and timing. */
  readonly connected: Estimate
  /** Mean share of the wallet's scripts that it is asked about. */
  readonly scripts: Estimate
}

/** One value of each kind of share. */
export type Shares = { readonly [measure in keyof OwnerShares]: number }

const sharesAt = (shares: OwnerShares, i: number): Shares => ({
  all: shares.all[i]!,
  any: shares.any[i]!,
  scripts: shares.scripts[i]!,
  connected: shares.connected[i]!
})

/** The larger of each. */
const most = (a: Shares, b: Shares): Shares => ({
  all: Math.max(a.all, b.all),
  any: Math.max(a.any, b.any),
  scripts: Math.max(a.scripts, b.scripts),
  connected: Math.max(a.connected, b.connected)
})

/**
 * What an owner sees in each world; one that is no cluster sees the same in
 * all, which is said once. A cluster that is one operator's in part sees what
 * that part sees, or one of its other servers where that is more.
 *
 * @param lives what the owner's candidates saw, by a function of who belongs together
 */
const inWorlds = (
  owner: Owner,
  worlds: ReadonlyArray<World>,
  together: (members: ReadonlySet<number>) => Shares,
  apart: (server: number) => Shares
): ReadonlyArray<Shares> => {
  const everyMember = new Set(owner.servers.map(({ member }) => member))
  if (owner.cluster === null) return [together(everyMember)]
  const known = new Map<Uint8Array, Shares>()
  return worlds.map((world) => {
    const stay = world[owner.clusterPlace]!
    const seen = known.get(stay) ?? owner.servers.reduce(
      (sum, { member, number }) => stay[member] === 1 ? sum : most(sum, apart(number)),
      together(new Set([...everyMember].filter((member) => stay[member] === 1)))
    )
    known.set(stay, seen)
    return seen
  })
}

/** What every owner sees in each world after so many starts; owners that are no cluster have one entry for all worlds. */
export const seenInWorlds = (
  sightings: Sightings,
  ownership: Ownership,
  worlds: ReadonlyArray<World>,
  starts: number,
  lives?: readonly [first: number, end: number]
): ReadonlyArray<ReadonlyArray<Shares>> => {
  const whole = sightings.byOwner(ownership.whole, ownership.owners.length, starts, lives)
  const apart = sightings.byOwner(ownership.apart, ownership.servers, starts, lives)
  /** One for all owners: all left out but the candidates that are asked about just now. */
  const ownerOf = new Int8Array(ownership.apart.length).fill(-1)
  return ownership.owners.map((owner, i) => {
    if (owner.cluster === null) return [sharesAt(whole, i)]
    const own = sightings.of(owner.candidates)
    const memberOf = new Map(owner.servers.map(({ member, number }) => [number, member] as const))
    const together = (members: ReadonlySet<number>): Shares => {
      if (members.size === owner.servers.length) return sharesAt(whole, i)
      for (const candidate of owner.candidates) ownerOf[candidate] = members.has(memberOf.get(ownership.apart[candidate]!)!) ? 0 : -1
      return sharesAt(own.byOwner(ownerOf, 1, starts, lives), 0)
    }
    return inWorlds(owner, worlds, together, (server) => sharesAt(apart, server))
  })
}

/** The same for chances that add up, as of wallets that draw one server: `weightOf` gives that of each candidate. */
export const chancesInWorlds = (
  weights: ReadonlyArray<number>,
  ownership: Ownership,
  worlds: ReadonlyArray<World>,
  probability: (weight: number) => number
): ReadonlyArray<ReadonlyArray<number>> => {
  const ofServer = new Float64Array(ownership.servers)
  weights.forEach((weight, i) => (ofServer[ownership.apart[i]!]! += weight))
  const alike = (share: number): Shares => ({ all: share, any: share, scripts: share, connected: share })
  return ownership.owners.map((owner) => {
    const together = (members: ReadonlySet<number>): Shares =>
      alike(probability(owner.servers.reduce((sum, { member, number }) => members.has(member) ? sum + ofServer[number]! : sum, 0)))
    return inWorlds(owner, worlds, together, (server) => alike(probability(ofServer[server]!))).map(({ any }) => any)
  })
}

/** What every owner comes to see, as intervals over the worlds and over the error of simulating. */
export const exposureByOwner = (
  sightings: Sightings,
  ownership: Ownership,
  worlds: ReadonlyArray<World>,
  starts: number
): ReadonlyArray<OwnerExposure> =>
  seenInWorlds(sightings, ownership, worlds, starts).map((seen, i) => {
    const estimate = (measure: keyof Shares): Estimate => estimateOf(seen.map((shares) => shares[measure]), sightings.trials)
    return { owner: ownership.owners[i]!, starts, main: estimate("any"), scripts: estimate("scripts"), connected: estimate("connected") }
  })
