import { seededRandom, shuffled } from "../seeded-random.ts"
import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"

/** How an operator's servers could be alike. */
export interface FleetKit {
  readonly name: string
  /** The question it can at best be an answer to. */
  readonly question: "operator" | "infrastructure"
  /** Whether a server can be made a member. */
  readonly takes: (server: ServerTraits) => boolean
  /** A member's traits, from its own and those of the first. */
  readonly give: (server: ServerTraits, index: number, first: ServerTraits) => ServerTraits
}

const hex = (text: string): string =>
  Array.from({ length: 64 }, (_, i) => ((text.charCodeAt(i % text.length) * (i + 7)) % 16).toString(16)).join("")

/** A certificate of its own that names the host it is shown at, as software and guides make them. */
const own = (certificate: PresentedCertificate, index: number, change: Partial<PresentedCertificate>): PresentedCertificate => {
  const name = `CN=${certificate.host}`
  return {
    ...certificate,
    sha256: hex(`planted ${index}`),
    subject: name,
    issuer: name,
    names: [certificate.host],
    selfSigned: true,
    trusted: false,
    isDefault: false,
    template: null,
    ...change
  }
}

const hasCertificate = ({ certificates }: ServerTraits): boolean => certificates.length > 0

/** A key of the fleet, in a certificate of each server's own. */
const oneKey = (server: ServerTraits, index: number): ServerTraits => ({
  ...server,
  certificates: server.certificates.map((certificate) => own(certificate, index, { spkiSha256: hex("planted key") }))
})

const oneDonation = (server: ServerTraits): ServerTraits => ({
  ...server,
  donation: { raw: "planted donation address", normalised: "planted donation address", isDefault: false, isVoice: true }
})

/** A certificate each, made a few seconds after the one before, at a time of the fleet's own. */
const mintedTogether = (server: ServerTraits, index: number): ServerTraits => {
  const at = Date.UTC(2025, 1, 3, 4, 5, 6) + index * 7_000
  return {
    ...server,
    certificates: server.certificates.slice(0, 1).map((certificate) => own(certificate, index, {
      spkiSha256: hex(`planted key ${index}`),
      validFrom: at,
      validTo: at + 1234 * 86_400_000
    }))
  }
}

/** This host instead of its own. */
const named = (server: ServerTraits, host: string): ServerTraits => ({
  ...server,
  hosts: [host],
  endpoints: server.endpoints.map((endpoint) => ({ ...endpoint, host })),
  certificates: server.certificates.map((certificate) => ({ ...certificate, host, sni: host, names: [host], subject: `CN=${host}` }))
})

/** Names of one domain that nobody else has, instead of its own. */
const oneDomain = (server: ServerTraits, index: number): ServerTraits => named(server, `s${index}.planted-observatory-fleet.org`)

/** A domain each, of one pattern that nobody else has. */
const oneNaming = (server: ServerTraits, index: number): ServerTraits => named(server, `s${index}-plantedobservatory.org`)

/** The answers of the first one's node; histograms only where the software bins alike. */
const oneNode = (server: ServerTraits, _: number, first: ServerTraits): ServerTraits => ({
  ...server,
  relayFee: first.relayFee,
  snapshots: server.snapshots.map((snapshot) => {
    const node = first.snapshots.find(({ snapshotId }) => snapshotId === snapshot.snapshotId)
    if (node === undefined) return snapshot
    const { histogram, histogramChance, histogramText, ...rest } = node
    return { ...snapshot, ...rest, ...(server.implementation === first.implementation ? { histogram, histogramChance, histogramText } : {}) }
  })
})

const chained = (...gifts: ReadonlyArray<FleetKit["give"]>): FleetKit["give"] => (server, index, first) =>
  gifts.reduce((member, give) => give(member, index, first), server)

/** The greeting that comes with the software, and nobody who asks for gifts: a server that says nothing for itself. */
const silent = (server: ServerTraits): ServerTraits => ({ ...server, banner: null, donation: null })

/** Words that no other member has. */
const otherGreeting = (server: ServerTraits, index: number): ServerTraits => {
  const raw = `planted greeting ${hex(`planted greeting ${index}`)}`
  return { ...server, banner: { raw, normalised: raw, isDefault: false, isVoice: true } }
}

/** Members that say nothing for themselves but what the kind gives them. */
const quiet = (...gifts: ReadonlyArray<FleetKit["give"]>): FleetKit["give"] => chained(silent, ...gifts)

const hasSnapshots = ({ snapshots }: ServerTraits): boolean => snapshots.length > 0

const hasBoth = (server: ServerTraits): boolean => hasCertificate(server) && hasSnapshots(server)

/**
 * Kinds of fleets, the most careless first. Members have the greeting of their
 * software and ask for no gifts, but where the name says otherwise: a greeting or
 * an address for gifts of each one's own speaks against one operator.
 */
export const fleetKits: ReadonlyArray<FleetKit> = [
  { name: "one key, one donation address", question: "operator", takes: hasCertificate, give: quiet(oneKey, oneDonation) },
  {
    name: "one key, one donation address, another greeting each",
    question: "operator",
    takes: hasCertificate,
    give: chained(oneKey, oneDonation, otherGreeting)
  },
  { name: "one domain, certificates made together", question: "operator", takes: hasCertificate, give: quiet(oneDomain, mintedTogether) },
  { name: "one key, one node behind, names of one pattern", question: "operator", takes: hasBoth, give: quiet(oneNaming, oneKey, oneNode) },
  { name: "one key, one node behind", question: "operator", takes: hasBoth, give: quiet(oneKey, oneNode) },
  { name: "one key alone", question: "operator", takes: hasCertificate, give: quiet(oneKey) },
  { name: "certificates made together alone", question: "operator", takes: hasCertificate, give: quiet(mintedTogether) },
  { name: "one donation address alone", question: "operator", takes: () => true, give: quiet(oneDonation) },
  { name: "one node behind, nothing else", question: "infrastructure", takes: hasSnapshots, give: oneNode }
]

/** A crawl in which some strangers are a fleet. */
export interface Planted {
  readonly traits: ReadonlyArray<ServerTraits>
  /** Ascending. */
  readonly members: ReadonlyArray<number>
}

/**
 * The same crawl, had `size` of these servers been one operator's, alike in what
 * the kit says, saying nothing else for themselves, and as different as they are
 * in everything else. Undefined when
 * there are too few that can be.
 */
export const plantFleet = (
  traits: ReadonlyArray<ServerTraits>,
  strangers: ReadonlySet<number>,
  kit: FleetKit,
  size: number,
  randomSeed: number
): Planted | undefined => {
  const fit = traits.filter((server) => strangers.has(server.serverId) && kit.takes(server)).toSorted((a, b) => a.serverId - b.serverId)
  if (fit.length < size) return undefined
  const chosen = shuffled(fit, seededRandom(randomSeed)).slice(0, size)
  const given = new Map(chosen.map((server, i) => [server.serverId, kit.give(server, i, chosen[0]!)]))
  return {
    traits: traits.map((server) => given.get(server.serverId) ?? server),
    members: [...given.keys()].toSorted((a, b) => a - b)
  }
}
