import type { Endpoint } from "./endpoint.ts"
import type { Identification } from "./identification.ts"
import type { JudgedAnswer, TimingFacts } from "./judged-answer.ts"
import type { ProbeOutcome, VisitPhase, VisitReason } from "./reason.ts"
import { type Tallied, tallied } from "./tallied.ts"

/** Milliseconds since `startedAt`; null where the visit did not get that far. */
export interface VisitStamps {
  readonly resolvedMs: number | null
  readonly connectedMs: number | null
  /** How long the TCP connection to the address took, without other addresses tried before; null through a proxy. */
  readonly tcpConnectMs: number | null
  readonly tlsMs: number | null
  readonly handshakeMs: number | null
  readonly endedMs: number
}

/** Facts about a certificate as presented; nothing here says it is valid. */
export interface CertificateFacts {
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string
  /** SHA-256 of the SubjectPublicKeyInfo DER, lower-case hex: survives renewal with the same key. */
  readonly spkiSha256: string
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  /** ISO 8601 UTC; null when the certificate states no readable date. */
  readonly validFrom: string | null
  readonly validTo: string | null
  readonly sanDns: ReadonlyArray<string>
  readonly sanIp: ReadonlyArray<string>
  /** e.g. `rsa 2048`, `ec prime256v1`, `ed25519`. */
  readonly keyType: string
  readonly signatureAlgorithm: string | null
  readonly selfSigned: boolean
  readonly derBase64: string
}

/** A certificate that was presented above the leaf. */
export interface ChainCertificate {
  readonly sha256: string
  readonly derBase64: string
}

/** What the TLS handshake showed. */
export interface TlsFacts {
  readonly version: string | null
  readonly cipher: string | null
  readonly group: string | null
  readonly alpn: string | null
  /** The name we sent, null for address literals. */
  readonly sni: string | null
  /**
   * The last fault OpenSSL found against the roots that Node ships, or Node's when
   * only the name is wrong, as Node names it; recorded, never required. Null for none.
   */
  readonly verifyError: string | null
  readonly certificate: CertificateFacts | null
  /** The certificates presented above the leaf, in order. */
  readonly chain: ReadonlyArray<ChainCertificate>
  /** A session ticket or identifier was given while the connection stood, so that a next handshake could be shorter. */
  readonly sessionOffered: boolean
}

/** What is known as soon as the handshake is done: tickets of TLS 1.3 come later. */
export type HandshakeFacts = Omit<TlsFacts, "sessionOffered">

/** How an endpoint was reached: what was dialled, by whom it was resolved, through what. */
export interface DialFacts {
  /** The address our socket connected to; null through a proxy, which does not tell. */
  readonly address: string | null
  readonly resolvedBy: "literal" | "dns" | "proxy" | null
  /** All addresses the resolver gave, canonical, in its order. */
  readonly addresses: ReadonlyArray<string>
  readonly via: "direct" | "proxy" | "tor"
}

/** How lines end: Fulcrum's with CR LF, all others' with LF. */
export type LineEnd = "lf" | "crlf"

/** What one probe saw. */
export interface Observation {
  /** Name in the probe catalogue, e.g. `banner`, `peers#2`. */
  readonly probe: string
  readonly method: string
  /** The parameters of the request as JSON text; null for lines that answer nothing we asked. */
  readonly params: string | null
  /** Milliseconds since the visit started. */
  readonly sentMs: number
  /** From the write of the request to the arrival of the reply's last byte; pacing and queueing included. */
  readonly latencyMs: number | null
  readonly outcome: ProbeOutcome
  readonly errorCode: number | null
  /** The server's words; without an error ours about what was odd, e.g. an id that changed its form. */
  readonly errorMessage: string | null
  /**
   * The reply line without its end, UTF-8 decoded with replacement, padding folded, cut to
   * 65,536 characters, to 1,000 of a peer list whose entries are stored one by one.
   */
  readonly replyRaw: string | null
  /**
   * The first 65,536 bytes of the reply line as they came, padding included, where
   * they are no UTF-8: `replyRaw` has replacement characters then. Null for all others.
   */
  readonly replyOctets: Uint8Array | null
  /** Bytes of the reply line on the wire, before any cut. */
  readonly replyBytes: number
  /** Null without a line. */
  readonly lineEnd: LineEnd | null
  /** Spaces before the closing bracket, by which ElectrumX hides lengths. */
  readonly padding: number
  /** The decoded result as JSON text where it is small enough to keep (peer lists live in `advertised`). */
  readonly value: string | null
}

/** The tip a server claims. */
export interface TipFacts {
  readonly height: number
  readonly hash: string
  readonly time: number
  /** The header meets the target it states itself. */
  readonly validWork: boolean
}

/** What the headers at the deciding heights say. */
export interface ChainVerdict {
  /** `same`: all headers shown match; `other`: one does not; `unverified`: none was shown. */
  readonly verdict: "same" | "other" | "unverified"
  /** Name of a chain we know that fits, where it is another one. */
  readonly chain: string | null
  readonly headers: ReadonlyArray<{ readonly height: number; readonly hash: string }>
}

/** Decoded `server.features`, as claimed; the whole reply is in the observation. */
export interface FeaturesFacts {
  readonly serverVersion: string | null
  readonly protocolMin: string | null
  readonly protocolMax: string | null
  readonly genesisHash: string | null
  readonly hashFunction: string | null
  readonly pruning: number | null
  /** Host as written by the server -> its ports. */
  readonly hosts: ReadonlyArray<{
    readonly host: string
    readonly tcpPort: number | null
    readonly tlsPort: number | null
    readonly wsPort: number | null
    readonly wssPort: number | null
  }>
  readonly services: ReadonlyArray<string>
}

/** All replies to `server.peers.subscribe` of one visit, together. */
export interface PeersFacts {
  /** Rounds that were answered with a list. */
  readonly asked: number
  /** Distinct entries as JSON values, with the number of rounds that had them. */
  readonly entries: Tallied<unknown>
  /** By their numbers, the first 4,096 bytes of entries that are no UTF-8, by which they are told apart; null without any. */
  readonly octets: ReadonlyMap<number, Uint8Array> | null
  /** Entries beyond the bound that were counted, not kept. */
  readonly dropped: number
  /** Estimated probability that one more round shows an entry not seen yet (Good-Turing); 0 for a list that repeated itself. */
  readonly unseenMass: number | null
}

/** One entry of peer lists, for whoever shows or compares it. */
export interface PeerEntry {
  readonly value: unknown
  readonly times: number
  readonly octets?: Uint8Array | undefined
}

/** The entries one by one. */
export const peerEntries = ({ entries: { catalogue, numbers, times }, octets }: Pick<PeersFacts, "entries" | "octets">): ReadonlyArray<PeerEntry> =>
  numbers.map((number, i) => {
    const bytes = octets?.get(number)
    return { value: catalogue[number], times: times[i]!, ...(bytes === undefined ? {} : { octets: bytes }) }
  })

/** Entries as a list of its own. */
export const listOfPeers = (entries: ReadonlyArray<PeerEntry>): Pick<PeersFacts, "entries" | "octets"> => {
  const octets = new Map(entries.flatMap((entry, i) => entry.octets === undefined ? [] : [[i, entry.octets] as const]))
  return {
    entries: { ...tallied(entries.map(({ value }) => value)), times: entries.map(({ times }) => times) },
    octets: octets.size === 0 ? null : octets
  }
}

/**
 * Why a visit was made. `regular`: the one of a crawl, which brings announcements
 * and all that is counted; `deep`: malformed envelopes and dialects, in dialogues
 * of their own; `snapshot`: what is compared across servers at one moment;
 * `differential`: the same questions asked as a wallet; `revisit`: a watch asked whether it
 * still answers; `held`: a watch opened a connection to hold. An endpoint has at most
 * one regular visit in a crawl, and whatever looks at "the visit" means that one.
 */
export type VisitKind = "regular" | "deep" | "snapshot" | "differential" | "revisit" | "held"

/**
 * How much a crawl's visit asks. `regular`: all that is known to be harmless and
 * tells something; `topology`: who is there, on which chain and whom it lists.
 */
export type VisitScope = "regular" | "topology"

/** Why round trips, fees and scripts are missing of a visit for the topology; stored with it, and by these words views know it. */
export const topologyVisit = "not asked: topology visit"

/** One attempt on one endpoint: result xor reason. */
export interface Visit {
  readonly kind: VisitKind
  readonly endpoint: Endpoint
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly dial: DialFacts
  readonly stamps: VisitStamps
  readonly outcome: "answered" | "failed"
  readonly reason: VisitReason | null
  readonly phase: VisitPhase | null
  /** Raw text behind the reason: an error code, a server's sentence; cleaned only for display. */
  readonly detail: string | null
  readonly bytesIn: number
  readonly bytesOut: number
  readonly requests: number
  /** Cost by ElectrumX's published table, in its units: what we may have left on their books. */
  readonly cost: number
  readonly tls: TlsFacts | null
  /** First and second element of the `server.version` reply. */
  readonly software: string | null
  readonly protocol: string | null
  readonly banner: string | null
  /** What was between the banner's quotes, byte by byte, where `banner` has replacement characters of ours; else null. */
  readonly bannerOctets: Uint8Array | null
  readonly donationAddress: string | null
  readonly tip: TipFacts | null
  readonly chain: ChainVerdict | null
  readonly features: FeaturesFacts | null
  readonly peers: PeersFacts | null
  readonly observations: ReadonlyArray<Observation>
  /** What software it behaves like; null when nothing was answered. */
  readonly identification: Identification | null
  /** How what was asked was answered, held against what is known and what the software does by default. */
  readonly answers: ReadonlyArray<JudgedAnswer>
  /** Null where no connection stood. */
  readonly timing: TimingFacts | null
}
