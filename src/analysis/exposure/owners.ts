import { seededRandom } from "../seeded-random.ts"
import type { CandidateServer, OperatorCluster } from "./candidate.ts"
import { type Estimate, estimateOf } from "./interval.ts"
import type { OwnerShares, Sightings } from "./sightings.ts"

/** Who would know what servers saw: a probable operator, or a server that is in no cluster. */
export interface Owner {
  /** Null for a server alone. */
  readonly cluster: OperatorCluster | null
  /** Null for a cluster, and for a host that the crawl does not know. */
  readonly serverId: number | null
  /** Host of the first candidate, to name it by. */
  readonly host: string
  /** Candidates behind it. */
  readonly candidates: number
  /** Numbers of its servers among the single ones. */
  readonly apart: ReadonlyArray<number>
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

/** Groups candidates by server, and servers by cluster. A server in several clusters goes to the likeliest. */
export const ownershipOf = (
  candidates: ReadonlyArray<CandidateServer>,
  clusters: ReadonlyArray<OperatorCluster>
): Ownership => {
  const clusterOf = new Map<number, OperatorCluster>()
  for (const cluster of clusters.toSorted((a, b) => a.posterior - b.posterior || b.clusterId - a.clusterId)) {
    for (const serverId of cluster.serverIds) clusterOf.set(serverId, cluster)
  }
  const serverNumbers = new Map<string, number>()
  const ownerNumbers = new Map<string, number>()
  const owners: Array<{ cluster: OperatorCluster | null; serverId: number | null; host: string; candidates: number; apart: Array<number> }> = []
  const apart: Array<number> = []
  const whole: Array<number> = []
  const numberIn = (numbers: Map<string, number>, key: string): number => {
    const known = numbers.get(key) ?? numbers.size
    numbers.set(key, known)
    return known
  }
  for (const { host, serverId } of candidates) {
    const server = serverId === null ? `host ${host}` : `server ${serverId}`
    const cluster = serverId === null ? undefined : clusterOf.get(serverId)
    const number = numberIn(serverNumbers, server)
    const owner = numberIn(ownerNumbers, cluster === undefined ? server : `cluster ${cluster.clusterId}`)
    apart.push(number)
    whole.push(owner)
    const known = owners[owner] ??= {
      cluster: cluster ?? null,
      serverId: cluster === undefined ? serverId : null,
      host,
      candidates: 0,
      apart: []
    }
    known.candidates++
    if (!known.apart.includes(number)) known.apart.push(number)
  }
  return { owners, whole, apart, servers: serverNumbers.size }
}

/** For each draw of the world: which clusters (by place among the owners) are one operator's. */
export type Worlds = ReadonlyArray<Uint8Array>

/** Draws worlds from the clusters' posteriors, each cluster by itself. Owners that are no cluster are always themselves. */
export const drawWorlds = (owners: ReadonlyArray<Owner>, worlds: number, randomSeed: number): Worlds => {
  const random = seededRandom(randomSeed)
  return Array.from({ length: worlds }, () =>
    Uint8Array.from(owners, ({ cluster }) => cluster === null || random() < cluster.posterior ? 1 : 0))
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

const measures = { main: "any", connected: "connected", scripts: "scripts" } as const satisfies Record<string, keyof OwnerShares>

/** What an owner sees in a world: as one operator, or, if it is none, the most that one of its servers sees. */
export const seenIn = (
  owner: Owner,
  number: number,
  isOne: boolean,
  whole: Float64Array,
  apart: Float64Array
): number => isOne ? whole[number]! : owner.apart.reduce((most, server) => Math.max(most, apart[server]!), 0)

/** What an owner sees in each world; one that is no cluster sees the same in all, which is said once. */
export const inWorlds = (
  owner: Owner,
  number: number,
  worlds: Worlds,
  whole: Float64Array,
  apart: Float64Array
): ReadonlyArray<number> =>
  owner.cluster === null
    ? [whole[number]!]
    : worlds.map((world) => seenIn(owner, number, world[number] === 1, whole, apart))

/** What every owner comes to see, as intervals over the worlds and over the error of simulating. */
export const exposureByOwner = (
  sightings: Sightings,
  ownership: Ownership,
  worlds: Worlds,
  starts: number
): ReadonlyArray<OwnerExposure> => {
  const { owners } = ownership
  const whole = sightings.byOwner(ownership.whole, owners.length, starts)
  const apart = sightings.byOwner(ownership.apart, ownership.servers, starts)
  return owners.map((owner, i) => {
    const estimate = (measure: keyof OwnerShares): Estimate =>
      estimateOf(inWorlds(owner, i, worlds, whole[measure], apart[measure]), sightings.trials)
    return {
      owner,
      starts,
      main: estimate(measures.main),
      connected: estimate(measures.connected),
      scripts: estimate(measures.scripts)
    }
  })
}
