import type { BlockHeader } from "../../domain/block-header.ts"
import { type Relations, type ServerGroups, serverGroups } from "./relations.ts"

/** A header that a server showed, and where. */
export interface ShownHeader {
  readonly visitId: number
  /** When the visit began, milliseconds since 1970 by our clock. */
  readonly visitedAt: number
  /** As in `observation.probe`, e.g. `tip`, `header#1000`. */
  readonly probe: string
  /** The height it was shown for. */
  readonly height: number
  readonly header: BlockHeader
}

/** A row of table `behaviour`. */
export interface Answer {
  readonly visitId: number
  readonly subject: string
  readonly scriptForm: string | null
  readonly response: string | null
  readonly filtered: boolean | null
  readonly causes: ReadonlyArray<string>
  readonly detail: unknown
}

/** A reply to a well-formed request that is not what the method returns, or that never ends. */
export interface OddReply {
  readonly visitId: number
  readonly probe: string
  readonly outcome: string
  /** Our words for malformed ones; the server's where it answered an error. */
  readonly message: string | null
}

/** A text that a server answers with, for whoever reads it. */
export interface ShownText {
  readonly visitId: number
  readonly probe: string
  readonly text: string
}

/** What its peer lists name that nobody else does. */
export interface Announced {
  /** Distinct entries of all its lists. */
  readonly entries: number
  /** Hosts that no other server names and that failed on their side when visited. */
  readonly soleUnanswered: number
  /** Entries that name nothing that could be followed, and that nobody else has. */
  readonly soleImpossible: number
  /** Of entries that nobody else has those beyond four for one host. */
  readonly repeated: number
  /** Entries that stand in one list more than once, by its length; about. */
  readonly recurring: number
  readonly examples: ReadonlyArray<string>
}

/** How a deep visit compared with what the software answers by default. */
export interface DeepVisit {
  readonly visitId: number
  readonly comparedWith: string | null
  readonly notCompared: string | null
  readonly differs: ReadonlyArray<string>
}

/** A row of view `differential_result`. */
export interface Differential {
  readonly state: string
  /** Questions that differed in the first series. */
  readonly differing: ReadonlyArray<string>
  /** Those of them that both ways had a result for: two contents, not a content and a silence or an error. */
  readonly toldBoth: ReadonlyArray<string>
  readonly pValue: number | null
  readonly qValue: number | null
  readonly serversTested: number
}

/** A certificate as it was shown at one endpoint. */
export interface ShownCertificate {
  readonly visitId: number
  /** Lower case. */
  readonly host: string
  readonly sha256: string
  readonly spkiSha256: string
  readonly subject: string
  readonly issuer: string
  readonly selfSigned: boolean
  /** OpenSSL found no fault but perhaps the name or the time: a public authority signed it. */
  readonly publicAuthority: boolean
  /** SHA-256 of the last certificate of the chain shown, the nearest to the root; null when none but the leaf was. */
  readonly topOfChain: string | null
  /** Certificates shown beside the leaf; no more than ten are kept. */
  readonly chainLength: number
  /** Lower case, as written: alternative names, then the common name. */
  readonly names: ReadonlyArray<string>
  /** Days from the first to the last moment; null where it states no readable dates. */
  readonly days: number | null
  /** Kinds of its values that stand in the catalogue of defaults. */
  readonly defaultKinds: ReadonlySet<string>
}

/** One regular visit that a server of the crawled chain answered. */
export interface AnsweredVisit {
  readonly visitId: number
  /** When it began, milliseconds since 1970. */
  readonly visitedAt: number
  /** Lower case. */
  readonly host: string
  /** Dialled; null through a proxy. */
  readonly address: string | null
  readonly chainVerdict: string | null
  readonly tipHeight: number | null
  /** Fee estimates above zero, BTC per 1,000 virtual bytes, by number of blocks asked for. */
  readonly fees: ReadonlyMap<string, number>
  readonly implementation: string | null
  /** As claimed in `server.version`. */
  readonly software: string | null
  readonly contradictions: ReadonlyArray<string> | null
  /** Marks of something in front that speaks TLS; null when not judged. */
  readonly proxy: ReadonlyArray<string> | null
  readonly featuresGenesisHash: string | null
  /** Hosts that features claim, lower case; null without features. */
  readonly claimedHosts: ReadonlyArray<string> | null
  /** As received. */
  readonly bannerText: string | null
  /** Texts of its operator; null where they are missing or stand in the catalogue of defaults. */
  readonly banner: string | null
  readonly donation: string | null
}

/** All that the store holds of one confirmed server of the crawled chain. */
export interface ServerEvidence {
  readonly serverId: number
  readonly visits: ReadonlyArray<AnsweredVisit>
  /** Of visits on whose endpoint the chain was shown. */
  readonly headers: ReadonlyArray<ShownHeader>
  readonly answers: ReadonlyArray<Answer>
  readonly oddReplies: ReadonlyArray<OddReply>
  /** Messages of errors. */
  readonly errorTexts: ReadonlyArray<ShownText>
  /** Null when it showed no list. */
  readonly announced: Announced | null
  readonly deep: DeepVisit | null
  /** Answers of its newest usual deep visit to questions for proofs; empty without one. */
  readonly proofs: ReadonlyArray<Answer>
  readonly differential: Differential | null
  readonly certificates: ReadonlyArray<ShownCertificate>
  /** Of endpoints that did not always answer with one software and one certificate. */
  readonly changing: ReadonlyArray<ChangingAnswers>
  readonly unbalanced: ReadonlyArray<UnbalancedHistory>
  readonly ownPorts: ReadonlyArray<OwnPorts>
  readonly mempools: ReadonlyArray<ChangingMempool>
  /** Null where no snapshot of a busy hour has it. */
  readonly absence: AbsentMempool | null
  /** Of visits in which no reply came quicker than a millisecond a byte. */
  readonly trickles: ReadonlyArray<Trickle>
  /** Highest share of its endpoints; null with a reason. */
  readonly uptime: { readonly share: number | null; readonly observations: number; readonly gap: string | null }
}

/** What one endpoint answered with in all visits within two days. */
export interface ChangingAnswers {
  readonly host: string
  readonly port: number
  readonly visits: number
  /** Names of software, the first of them. */
  readonly software: ReadonlyArray<string>
  /** How many different ones. */
  readonly softwareNames: number
  /** Handshakes that showed a certificate, and how many different ones. */
  readonly handshakes: number
  readonly certificates: number
}

/** Ports of one transport at which a server lists one of its own hosts, now and then, and at which nobody answered. */
export interface OwnPorts {
  readonly host: string
  readonly transport: string
  readonly ports: ReadonlyArray<number>
}

/** How the mempool of an endpoint came and went. */
export interface ChangingMempool {
  readonly host: string
  readonly port: number
  /** Connections that showed none, or more than a block can take; all where one was there again. */
  readonly looks: number
  readonly empty: number
  /** From the one to the other, within ten minutes. */
  readonly switches: number
  /** How often a mempool of any size was gone and there again at one tip, where no block can have taken it. */
  readonly returns: number
}

/** Snapshots of hours in which nearly everybody had a mempool: at how many a server had none at all, or one like the others'. */
export interface AbsentMempool {
  readonly snapshots: number
  readonly absent: number
  readonly present: number
}

/** How replies of one visit came, by their bytes. */
export interface Trickle {
  readonly visitId: number
  readonly replies: number
  readonly bytes: number
  /** Bytes of the shortest and of the longest reply. */
  readonly fewest: number
  readonly most: number
  /** Milliseconds a byte, of the quickest and of the slowest reply. */
  readonly quickestMs: number
  readonly slowestMs: number
}

/** A history with one more confirmed entry than is known, beside the very balance that is known. */
export interface UnbalancedHistory {
  readonly visitId: number
  readonly scriptForm: string
}

/** What is known of the crawl as a whole. */
export interface CrawlEvidence {
  readonly network: string
  /** A simulated network has authorities of its own, which the roots that Node ships do not have. */
  readonly simulated: boolean
  /** As in the crawl's chain, lower-case hex. */
  readonly genesisHash: string
  readonly groups: ServerGroups
  /** Questions about public scripts (`history P2WPKH`) that some server answered as they are known. */
  readonly confirmedFacts: ReadonlySet<string>
  /** Questions for proofs (`merkle proof`) that some server answered as expected. */
  readonly confirmedProofs: ReadonlySet<string>
  readonly byKey: ReadonlyMap<string, ReadonlyArray<number>>
  /** Servers whose certificate an issuer without public authority signed, by issuer. */
  readonly byPrivateIssuer: ReadonlyMap<string, ReadonlyArray<number>>
  /** Servers by deviations, for sets that are not empty. */
  readonly byDeviation: ReadonlyMap<string, ReadonlyArray<number>>
  /** Servers that showed a peer list. */
  readonly listers: number
  /** Servers under which a host answered, lower case. */
  readonly byHost: ReadonlyMap<string, ReadonlyArray<number>>
  readonly servers: ReadonlyMap<number, ServerEvidence>
}

/** What a crawl itself says. */
export type CrawlFacts = Pick<CrawlEvidence, "network" | "simulated" | "genesisHash">

const indexed = (
  servers: ReadonlyArray<ServerEvidence>,
  keysOf: (server: ServerEvidence) => Iterable<string>
): ReadonlyMap<string, ReadonlyArray<number>> => {
  const index = new Map<string, Array<number>>()
  for (const server of servers) {
    for (const key of new Set(keysOf(server))) {
      const known = index.get(key)
      if (known === undefined) index.set(key, [server.serverId])
      else known.push(server.serverId)
    }
  }
  return index
}

/** What names a fact of a public script. */
export const factOf = ({ scriptForm, subject }: Pick<Answer, "scriptForm" | "subject">): string => `${subject} ${scriptForm}`

/** The private authority that signed a certificate; undefined where it is public, a default, or the certificate itself. */
export const privateIssuerOf = (certificate: ShownCertificate): string | undefined => {
  const { defaultKinds, issuer, publicAuthority, selfSigned, topOfChain } = certificate
  const stock = defaultKinds.has("certificate") || defaultKinds.has("public key") || defaultKinds.has("certificate issuer")
  return selfSigned || publicAuthority || stock || issuer === "" ? undefined : `${issuer}\n${topOfChain ?? ""}`
}

/** Keys that a server presented which are nobody's default. */
export const ownKeysOf = (server: ServerEvidence): ReadonlyArray<string> =>
  server.certificates.flatMap(({ defaultKinds, spkiSha256 }) =>
    defaultKinds.has("certificate") || defaultKinds.has("public key") ? [] : [spkiSha256])

/** What a server does otherwise than its software by default, in one spelling; empty for stock behaviour. */
export const deviationsOf = (server: ServerEvidence): ReadonlyArray<string> => {
  const filtered = server.answers.filter((answer) => answer.filtered === true && answer.scriptForm === null)
  return [...new Set([
    ...server.visits.flatMap(({ contradictions }) => contradictions ?? []),
    ...filtered.map(({ response, subject }) => `${subject}: ${response}`),
    ...(server.deep?.differs ?? [])
  ])].toSorted()
}

/**
 * The crawl around its servers: indexes that indicators look things up in. The
 * same whatever the order of servers.
 */
export const crawlEvidence = (
  crawl: CrawlFacts,
  evidence: Iterable<ServerEvidence>,
  relations: Relations
): CrawlEvidence => {
  const servers = [...evidence].toSorted((a, b) => a.serverId - b.serverId)
  return {
    ...crawl,
    groups: serverGroups(servers, relations),
    confirmedFacts: new Set(servers.flatMap(({ answers }) =>
      answers.flatMap((answer) => answer.response === "ok" && answer.scriptForm !== null ? [factOf(answer)] : []))),
    confirmedProofs: new Set(servers.flatMap(({ proofs }) => proofs.flatMap(({ response, subject }) => response === "ok" ? [subject] : []))),
    byKey: indexed(servers, ownKeysOf),
    byPrivateIssuer: indexed(servers, ({ certificates }) => certificates.flatMap((it) => privateIssuerOf(it) ?? [])),
    byDeviation: indexed(servers, (server) => {
      const deviations = deviationsOf(server)
      return deviations.length === 0 ? [] : [deviations.join("\n")]
    }),
    listers: servers.filter(({ announced }) => announced !== null).length,
    byHost: indexed(servers, ({ visits }) => visits.map(({ host }) => host)),
    servers: new Map(servers.map((server) => [server.serverId, server]))
  }
}
