import type { ReleaseRange } from "../../domain/implementation.ts"
import type { FeeHistogram } from "../../domain/snapshot.ts"

/** A certificate that a server presented, and to whom. */
export interface PresentedCertificate {
  /** The host that was dialled, lower case. */
  readonly host: string
  readonly port: number
  readonly sha256: string
  readonly spkiSha256: string
  /** Attributes in order, as stored, e.g. `CN=a.test, O=Somebody`. */
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  readonly selfSigned: boolean
  /** A chain that the system's authorities vouch for, for the host that was dialled. */
  readonly trusted: boolean
  /** Milliseconds since 1970; null where it states no readable date. */
  readonly validFrom: number | null
  readonly validTo: number | null
  /** Alternative DNS names, then the common name if it looks like a name; lower case, wildcards as written. */
  readonly names: ReadonlyArray<string>
  /** The name sent in the TLS handshake; without one a proxy shows its default certificate. */
  readonly sni: string | null
  /** Hosts that features claimed in the same session, lower case: said by who holds the key, or lets its holder say it. */
  readonly claimed: ReadonlyArray<string>
  /** Its key or certificate stands in the catalogue of defaults: the private key is published. */
  readonly isDefault: boolean
  /** What is its maker's own in subject and issuer, see `certificateTemplate`; null where nothing is. */
  readonly template: string | null
}

/** What a server answered to one aligned snapshot in which it was compared. */
export interface SnapshotTraits {
  readonly snapshotId: number
  readonly tipHeight: number
  /** Estimates belong to a block: those of one tip are compared. */
  readonly tipHash: string
  /** Blocks -> BTC per 1,000 vB; those answered with a number of zero or more. */
  readonly fees: ReadonlyMap<number, number>
  /**
   * Those of `fees` that tell nodes apart: above what its node relays, and not
   * what most servers estimated. With the probability that another node gives the
   * same estimate, above 0.
   */
  readonly tellingTargets: ReadonlyMap<number, number>
  readonly relayFee: number | null
  /** As received, for equality of bytes; null where there was none. */
  readonly histogramText: string | null
  readonly histogram: FeeHistogram | null
  /** Probability that another node of its implementation shows these bytes, above 0; 1 where they tell nothing, see `histogramChances`. */
  readonly histogramChance: number
}

/** A host that `server.features` claims, with its ports. */
export interface ClaimedHost {
  /** Lower case. */
  readonly host: string
  readonly tcpPort: number | null
  readonly tlsPort: number | null
}

/** A text that its operator can write, and whether it is one of software or of a guide. */
export interface WrittenText {
  readonly raw: string
  /** Without versions, own hosts, addresses and dates: what remains is the operator's own. */
  readonly normalised: string
  readonly isDefault: boolean
  /**
   * Somebody's word, though it may be too short or of a form that strangers hit on
   * too: two who say the same have nothing in common by it, two who say different
   * things differ. Of all that is no default.
   */
  readonly isVoice: boolean
}

/** Where an address is, as far as known. */
export interface AddressTraits {
  readonly address: string
  readonly asn: number | null
  readonly cloud: string | null
  readonly country: string | null
}

/** Something that happened to a watched server and not to its network or vantage as a whole. */
export interface WatchedEvent {
  /** Milliseconds since 1970. */
  readonly at: number
  /** What happened, e.g. `went silent`, `came back`, `new software`. */
  readonly kind: string
  /** Share of the servers not related to it to which the same happens within a minute, by the base rate of that kind. */
  readonly baseRate: number
}

/** A text of `server.version`, and between which times a server showed it, in milliseconds since 1970. */
export interface SoftwareSpan {
  readonly text: string
  readonly first: number
  readonly last: number
}

/** Another text than before, of a change whose moment is known within a minute. */
export interface SoftwareChange {
  /** Milliseconds since 1970, when it went away for the change. */
  readonly at: number
  /** Texts of `server.version`. */
  readonly before: string
  readonly after: string
}

/** What a watch saw of a server over its time. */
export interface WatchTraits {
  /** Its first look and its last, in milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** What it called itself, ascending. */
  readonly software: ReadonlyArray<SoftwareSpan>
  /** Ascending. */
  readonly changes: ReadonlyArray<SoftwareChange>
  /** Block hashes of tips that few others showed, while most showed another of that height: branches that were given up, mostly. */
  readonly rareTips: ReadonlySet<string>
  /**
   * Block hash -> milliseconds by which its tip came later (earlier: negative)
   * than is usual for it at the same vantage, see `tipResidualsOf`.
   */
  readonly tipResiduals: ReadonlyMap<string, number>
  /** Outages of a vantage or an autonomous system, and days of releases, are left out. Ascending. */
  readonly events: ReadonlyArray<WatchedEvent>
}

/**
 * All that an analysis compares of one confirmed server, gathered over its
 * endpoints; null and empty mean unknown, never "none". Everything here came
 * from the network, so lengths are bounded by what the store holds.
 */
export interface ServerTraits {
  readonly serverId: number
  /** Hosts under which it answered, lower case: names, addresses, onions. */
  readonly hosts: ReadonlyArray<string>
  /** Of endpoints that answered, each once. */
  readonly endpoints: ReadonlyArray<{ readonly host: string; readonly port: number; readonly transport: "tcp" | "tls" | "ws" | "wss" }>
  /** Dialled, or literal hosts, or what its names resolved to; of several names those that it owns up to, see `ownsUpTo`. */
  readonly addresses: ReadonlyArray<AddressTraits>
  readonly certificates: ReadonlyArray<PresentedCertificate>
  readonly banner: WrittenText | null
  readonly donation: WrittenText | null
  readonly claimedHosts: ReadonlyArray<ClaimedHost>
  /** Which kinds of hosts with which ports it claims, see `hostsShape`; null when it claims none or the shape is a default. */
  readonly hostsShape: string | null
  readonly implementation: string | null
  readonly releases: ReleaseRange | null
  /** Recipe and hash, so that hashes of different recipes are never equal. */
  readonly fingerprintHash: string | null
  /** Marks of something in front that speaks TLS; empty for none seen, null for not judged. */
  readonly proxy: ReadonlyArray<string> | null
  /** By snapshot, ascending. */
  readonly snapshots: ReadonlyArray<SnapshotTraits>
  readonly relayFee: number | null
  /** Servers it named in its peer list, with times seen of times asked. */
  readonly peers: ReadonlyMap<number, number>
  /** It named itself in its peer list; null when it named nobody. */
  readonly listsItself: boolean | null
  /** Highest share of a list one visit saw; null when it named nobody. */
  readonly peersAsked: number | null
  /** Ports it answered at that are no default of its chain and transport, e.g. `tls 51234`; ascending. */
  readonly unusualPorts: ReadonlyArray<string>
  /** null: it was not watched. */
  readonly watch: WatchTraits | null
}
