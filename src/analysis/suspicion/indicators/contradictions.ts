import { isOfStatements } from "../../../domain/identification.ts"
import { isPossibleOnion } from "../../../domain/onion-address.ts"
import type { ChangingAnswers, CrawlEvidence, OwnPorts, ServerEvidence } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { facesOf } from "../several-faces.ts"

/** What one contradiction earns, and all of them: old banners and proxies make them. */
const each = 0.14
/** The same of behaviour that is not a software's own, or not the one that is claimed: forks and patched builds have several. */
const eachOfBehaviour = 0.07
const mostOfSuch = 0.6
/**
 * All hosts of others that it claims, together: a name lapses, and whoever
 * registers it and answers there brings this about, at no cost where names of a
 * dynamic-DNS service are free; so does a name that a club balances over members.
 */
const ofOthers = 0.09

/** Hosts it claims that answered as a stranger's, which claims nothing of it. */
const claimedOfOthers = (server: ServerEvidence, crawl: CrawlEvidence): ReadonlyArray<string> => {
  const own = new Set(server.visits.map(({ host }) => host))
  const claimed = new Set(server.visits.flatMap(({ claimedHosts }) => claimedHosts ?? []))
  return [...claimed].filter((host) => {
    const others = crawl.byHost.get(host) ?? []
    return !own.has(host) && others.length > 0 && others.every((id) =>
      crawl.groups.labelOf(id) !== crawl.groups.labelOf(server.serverId) &&
      !crawl.servers.get(id)!.visits.some(({ claimedHosts }) => claimedHosts?.some((back) => own.has(back)) === true))
  }).toSorted()
}

/** Onions that it claims and nobody can have: their check digits are wrong. */
const impossibleOnions = (server: ServerEvidence): ReadonlyArray<string> =>
  [...new Set(server.visits.flatMap(({ claimedHosts }) => claimedHosts ?? []))]
    .filter((host) => /[a-z0-9]{56}\.onion$/.test(host) && !isPossibleOnion(host))
    .toSorted()

/** Different names of software from which on: an update changes it once, and two machines behind one name have two. */
const leastNames = 3
/** Handshakes from which on a certificate that is never shown twice was made for each. */
const leastHandshakes = 4

/** Software and certificates that are others whenever one asks, one sentence each. */
const neverTheSame = (changing: ReadonlyArray<ChangingAnswers>): ReadonlyArray<string> => {
  const named = changing.find(({ softwareNames }) => softwareNames >= leastNames)
  const shown = changing.find(({ certificates, handshakes }) => handshakes >= leastHandshakes && certificates === handshakes)
  return [
    ...(named === undefined ? [] : [`${named.softwareNames} names of software in ${named.visits} visits of port ${named.port}: ${named.software.join(", ")}`]),
    ...(shown === undefined ? [] : [`another certificate in each of ${shown.handshakes} handshakes on port ${shown.port}`])
  ]
}

/** Ports from which on: one may be that of a server that moved. */
const leastPorts = 2

/** Ports at which it lists itself and is not found, another one whenever it is asked. */
const ownPortsThatMove = (own: ReadonlyArray<OwnPorts>): ReadonlyArray<OwnPorts> => own.filter(({ ports }) => ports.length >= leastPorts)

/** Forms of scripts from which on: a block may confirm something of one, hardly of three, between two questions. */
const leastUnbalanced = 3

/**
 * Do the things that a server says of itself go together: software named and
 * behaviour, features and the chain shown, hosts claimed and who answers there,
 * what it says under one of its hosts and under another, now and a minute later,
 * in histories and in balances?
 * A claimed host that does not answer is no contradiction: it may be down.
 */
export const contradictions: Indicator = (server, crawl) => {
  const judged = server.visits.filter((visit) => visit.contradictions !== null)
  if (judged.length === 0) return { untested: "nothing it said could be compared with how it behaves" }
  const found = new Set(judged.flatMap((visit) => visit.contradictions!))
  const genesis = server.visits.filter(({ chainVerdict, featuresGenesisHash }) =>
    chainVerdict === "same" && featuresGenesisHash !== null && featuresGenesisHash.toLowerCase() !== crawl.genesisHash)
  const foreign = claimedOfOthers(server, crawl)
  const faces = facesOf(server.visits)
  const onions = impossibleOnions(server)
  const others = neverTheSame(server.changing)
  const forms = new Set(server.unbalanced.map(({ scriptForm }) => scriptForm)).size
  const unbalanced = forms >= leastUnbalanced ? server.unbalanced : []
  const ports = ownPortsThatMove(server.ownPorts)
  const ofBehaviour = [...found].filter((contradiction) => !isOfStatements(contradiction)).length
  const ofStatements = found.size - ofBehaviour + faces.length + onions.length + others.length + ports.length +
    (unbalanced.length > 0 ? forms : 0)
  const value = ofBehaviour + ofStatements + foreign.length + (genesis.length > 0 ? 1 : 0)
  return {
    value,
    // A wrong genesis hash beside the right headers is no matter of upkeep.
    share: genesis.length > 0 ? 1 : Math.min(mostOfSuch, each * ofStatements + eachOfBehaviour * ofBehaviour + (foreign.length > 0 ? ofOthers : 0)),
    detail: {
      ...(found.size > 0 ? { contradictions: named([...found].toSorted()) } : {}),
      ...(genesis.length > 0
        ? { genesis_hash: named(genesis.map(({ featuresGenesisHash, visitId }) => ({ visit_id: visitId, claimed: featuresGenesisHash, shown: crawl.genesisHash }))) }
        : {}),
      ...(faces.length > 0 ? { under_its_hosts: named(faces) } : {}),
      ...(foreign.length > 0 ? { claims_hosts_of_strangers: named(foreign) } : {}),
      ...(onions.length > 0 ? { claims_onions_that_cannot_be: named(onions) } : {}),
      ...(others.length > 0 ? { never_the_same: others } : {}),
      ...(ports.length > 0 ? { lists_itself_at: named(ports) } : {}),
      ...(unbalanced.length > 0 ? { one_more_entry_and_the_balance_as_known: named(unbalanced.map(({ scriptForm, visitId }) => ({ visit_id: visitId, script_form: scriptForm }))) } : {})
    }
  }
}
