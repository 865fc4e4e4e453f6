import type { Chain } from "../domain/chain.ts"
import { endpointKey } from "../domain/endpoint.ts"
import { tallied, talliedOnly } from "../domain/tallied.ts"
import type { Visit } from "../domain/visit.ts"
import type { Exclusions } from "../domain/exclusions.ts"
import { advertisementsOfFeatures } from "../discovery/features-hosts.ts"
import type { PeerGrammar } from "../discovery/peer-entry.ts"
import type { AdvertisedFact } from "../store/facts.ts"

/** Takes out what the opt-out list names: it is neither dialled nor shown, so it is not stored either. */
export const withoutExcluded = (
  fact: AdvertisedFact,
  exclusions: Exclusions
): { readonly fact: AdvertisedFact; readonly excluded: number } => {
  if (exclusions.size === 0) return { fact, excluded: 0 }
  const entries = talliedOnly(fact.entries, ({ address, host }) =>
    exclusions.excludes(host ?? "", address === null ? [] : [address]) === undefined
  )
  return { fact: { ...fact, entries }, excluded: fact.entries.numbers.length - entries.numbers.length }
}

/**
 * What a visited server announces: its peer list, then the hosts it claims for
 * itself. Empty for servers whose headers do not show that they are on this
 * chain: another chain's network is not ours to crawl, and a list from an
 * unverified server could lead there.
 */
export const announcedBy = (
  visit: Visit,
  chain: Chain,
  grammar: PeerGrammar,
  options: { readonly at: number; readonly allowPrivate: boolean }
): Array<AdvertisedFact> => {
  if (visit.outcome !== "answered" || visit.chain?.verdict !== "same") return []
  const name = endpointKey(visit.endpoint)
  const { at } = options
  const facts: Array<AdvertisedFact> = []
  if (visit.peers !== null && visit.peers.asked > 0) {
    facts.push({
      _tag: "advertised",
      source: { kind: "server", name, detail: null },
      at,
      timesAsked: visit.peers.asked,
      entries: grammar.parseList(visit.peers.entries, visit.peers.octets),
      dropped: visit.peers.dropped
    })
  }
  const claimed = visit.features === null ? null : advertisementsOfFeatures(visit.features, chain.default_ports, {
    allowPrivate: options.allowPrivate,
    simulated: chain.simulated
  })
  if (claimed !== null && claimed.advertisements.length > 0) {
    facts.push({
      _tag: "advertised",
      source: { kind: "features", name, detail: null },
      at,
      timesAsked: 1,
      entries: tallied(claimed.advertisements),
      dropped: claimed.dropped
    })
  }
  return facts
}

/** What a visited server announces to us: as `announcedBy`, without what the opt-out list names, and how much that was. */
export const heardFrom = (
  visit: Visit,
  about: { readonly chain: Chain; readonly grammar: PeerGrammar; readonly exclusions: Exclusions; readonly allowPrivate: boolean },
  at: number
): { readonly announced: ReadonlyArray<AdvertisedFact>; readonly excluded: number } => {
  const kept = announcedBy(visit, about.chain, about.grammar, { at, allowPrivate: about.allowPrivate })
    .map((fact) => withoutExcluded(fact, about.exclusions))
  return { announced: kept.map(({ fact }) => fact), excluded: kept.reduce((sum, { excluded }) => sum + excluded, 0) }
}

/** Hosts that a server claims for itself, where it showed the crawl's chain: on others a name may be another process. */
export const claimedHosts = ({ chain, features }: Visit): ReadonlyArray<string> =>
  chain?.verdict === "same" ? features?.hosts.map(({ host }) => host) ?? [] : []

/** Whether a visit found a server of the crawl's network, so that its host need not be tried by other ways. */
export const foundServer = ({ reason, software }: Visit): boolean => software !== null && reason !== "other network"
