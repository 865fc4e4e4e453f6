/**
 * A server that a wallet may choose: one host of its list, or of a list that
 * servers hand out. Only TLS endpoints: the wallet takes no others by default.
 */
export interface CandidateServer {
  /** Lower case. */
  readonly host: string
  /** The crawl's server behind this host; null where the crawl does not know it. */
  readonly serverId: number | null
  /** In the list that the wallet ships with. */
  readonly isDefault: boolean
  readonly onion: boolean
  /**
   * It answered, is of the chain, and the wallet takes its certificate; null
   * where the crawl could not tell (no Tor, not visited): then it is drawn.
   */
  readonly usable: boolean | null
  /** The /16 or /48 of its address; null where that is not known, and for onions: the wallet's rule exempts both. */
  readonly bucket: string | null
  readonly asn: number | null
}

/** Which servers a server names in its list, by place among the candidates, and how often of times asked (0 to 1). */
export interface NamedPeers {
  readonly candidates: ReadonlyArray<number>
  readonly weights: ReadonlyArray<number>
}

/** What a wallet can know of the network: its candidates, and by place of a main server whom that one names. */
export interface WalletNetwork {
  readonly candidates: ReadonlyArray<CandidateServer>
  readonly peers: ReadonlyMap<number, NamedPeers>
}

/** Servers that are probably one operator's, with how probable that is; those that are not are taken apart. */
export interface ClusterMembership {
  readonly clusterId: number
  readonly serverIds: ReadonlyArray<number>
  /** Probability that all of them are one operator's, 0 to 1. */
  readonly posterior: number
  /** For each of `serverIds` the probability of its link to the others; without them they stand or fall together. */
  readonly memberPosteriors?: ReadonlyArray<number>
}

/** How the wallet reaches servers: directly, which leaves onions out, or everything through Tor. */
export type Route = "clearnet" | "tor"
