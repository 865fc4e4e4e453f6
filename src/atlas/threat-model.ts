import { between, counted, ofAll, percent, whole } from "./figure-text.ts"
import { answeredHere } from "./overview.ts"
import type { ClusterRow } from "./shapes/cluster.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { ExposurePage } from "./shapes/exposure.ts"
import type { Overview } from "./shapes/overview.ts"
import type { ServerRow } from "./shapes/server-row.ts"
import type { SuspicionPage } from "./shapes/suspicion.ts"
import type { ThreatRow } from "./shapes/text.ts"

/** What texts about a crawl take their figures from; null where the crawl was not analysed. */
export interface TextInput {
  readonly crawl: CrawlRow
  readonly overview: Overview
  readonly servers: ReadonlyArray<ServerRow>
  readonly clusters: ReadonlyArray<ClusterRow>
  readonly suspicion: SuspicionPage | null
  readonly exposure: ExposurePage | null
  /** Probability of one operator for two servers at random, and that from which on they are called so. */
  readonly run: { readonly operator_prior: number; readonly threshold: number } | null
}

const notAnalysed = "Not known before `observatory analyze`."

/** The owner who sees most after ten starts of the stock wallet over clearnet. */
const mostSeen = (exposure: ExposurePage | null, measure: "main" | "connected"): string => {
  const rows = (exposure?.rows ?? []).filter(({ route, savedServer, starts, wallet }) =>
    wallet === "Electrum" && route === "clearnet" && !savedServer && starts === 10)
  const [most] = rows.toSorted((a, b) => (b[measure].value ?? 0) - (a[measure].value ?? 0))
  const figure = most?.[measure]
  if (figure?.low == null || figure.high == null) return exposure === null ? notAnalysed : "Not modelled for this network."
  return `${between(figure.low, figure.high, percent)} of wallets within ten starts, for the owner who gets most (model).`
}

const groupsOf = (clusters: ReadonlyArray<ClusterRow>, kind: string) => {
  const groups = clusters.filter((cluster) => cluster.kind === kind)
  return { groups: groups.length, servers: groups.reduce((sum, { servers }) => sum + servers, 0) }
}

const largestIn = (exposure: ExposurePage | null, dimension: string): string => {
  const found = exposure?.concentration.find((row) => row.dimension === dimension && row.level === "server")
  if (found === undefined) return notAnalysed
  if (found.largest === null || found.largestShare === null) return "Not known of any server."
  return `${found.largest} has ${percent(found.largestShare)} of the servers of which it is known; it is not known of ${counted(found.unknown, "server")}.`
}

const tlsFigure = (answered: ReadonlyArray<ServerRow>): string => {
  const known = answered.filter(({ walletAccepts }) => walletAccepts !== null)
  const selfSigned = answered.filter((row) => row.selfSigned === true)
  return `${ofAll(known.filter(({ walletAccepts }) => walletAccepts === true).length, known.length)} servers whose TLS handshake was seen would be accepted by the wallet; ${counted(selfSigned.length, "server")} that answered ${selfSigned.length === 1 ? "has" : "have"} signed their own certificate, which a wallet can only pin when it meets it.`
}

const lyingFigure = ({ suspicion }: TextInput): string => {
  if (suspicion === null) return notAnalysed
  const { judged, severalWeak, violating } = suspicion.answered
  const weak = severalWeak === 0 ? "" : ` ${whole(severalWeak)} more reached that score by several weaker signs together, none of which proves anything.`
  return `${ofAll(violating, judged)} servers that answered and were judged show a reproducible violation of the protocol (score of ${suspicion.threshold} or more).${weak}`
}

/** Who could do what to users of such servers, what we can say of it here, and what nobody outside can see. */
export const threatModel = (input: TextInput): ReadonlyArray<ThreatRow> => {
  const { clusters, crawl, exposure, overview, servers } = input
  const answered = servers.filter(answeredHere(crawl))
  const operator = groupsOf(clusters, "operator")
  const backend = groupsOf(clusters, "shared infrastructure")
  const silent = servers.filter(({ namedBy, reachable }) => reachable === false && namedBy > 0).length
  const named = servers.filter(({ namedBy, reachable }) => reachable !== null && namedBy > 0).length
  return [
    {
      capability: "Runs the main server of a wallet",
      sees: "Every address of the wallet, also those not used yet, with balances, histories and what is broadcast; the IP address, the wallet's name and version, and when it is on. Measured with a real wallet: all of its scripts, together, in one session.",
      figure: mostSeen(exposure, "main"),
      cannotObserve: "Whether it keeps any of it. Nothing that a server answers shows what it writes down.",
      query: "exposure"
    },
    {
      capability: "Runs one of the other servers that a wallet is connected to",
      sees: "The IP address (through Tor that of an exit or a circuit), the wallet's name and version, and when it is on. Measured: no addresses.",
      figure: mostSeen(exposure, "connected"),
      cannotObserve: "Whether connections are kept and compared with others.",
      query: "exposure"
    },
    {
      capability: "Runs many servers under names that do not tell",
      sees: "What each of them sees, together: sessions of one wallet at several of them are tied by the scripts they have in common.",
      figure: crawl.analysedAt === null
        ? notAnalysed
        : `${operator.groups === 0
          ? "No group was found that is probably one operator's"
          : `${counted(operator.groups, "group")} with ${counted(operator.servers, "server")}, each group probably one operator's`}; ${
          between(overview.operators.low ?? 0, overview.operators.high ?? 0, whole)} operators at the most run the servers that answered.`,
      cannotObserve: "Servers of one operator that have nothing in common that can be seen from outside. Those at one node show in time, if a watch sees them changed in one evening; whom others follow there cannot be told from one of them.",
      query: "operator-clusters"
    },
    {
      capability: "Runs the node or the proxy behind the servers of others",
      sees: "What these servers ask it; a proxy that ends TLS sees everything they see.",
      figure: crawl.analysedAt === null
        ? notAnalysed
        : backend.groups === 0
        ? "No servers were found behind shared infrastructure."
        : `${counted(backend.groups, "group")} with ${counted(backend.servers, "server")} behind shared infrastructure, which does not say who runs them.`,
      cannotObserve: "Nodes whose estimates and mempools look like everybody's at the time, and proxies that change nothing.",
      query: "shared-infrastructure"
    },
    {
      capability: "Owns the network or the machines on which servers stand",
      sees: "Who connects when. On its own machines everything, if it looks.",
      figure: largestIn(exposure, "asn"),
      cannotObserve: "Whether it looks, and where onion services stand.",
      query: "concentration"
    },
    {
      capability: "Stands between wallet and server",
      sees: "Without TLS everything. With TLS who connects when; and everything where it is there at the first meeting with a server that signs its own certificate, and puts its own in place.",
      figure: tlsFigure(answered),
      cannotObserve: "What happens on other people's lines: we look from our vantage only.",
      query: "wallet-acceptance"
    },
    {
      capability: "Tells wallets what is not so",
      sees: "Nothing more. It can show a chain with less work, leave transactions out, and show payments or fees that are none. Wallets check headers and the proofs of what they are shown, not what is left out.",
      figure: lyingFigure(input),
      cannotObserve: "Lies that are told to others only, or about scripts that nobody asks about here.",
      query: "suspicion-by-indicator"
    },
    {
      capability: "Fills peer lists with its own servers, or with ones that are not there",
      sees: "More wallets, as wallets draw from these lists.",
      figure: `${ofAll(silent, named)} servers that lists name, and that our vantage could try, did not answer us.`,
      cannotObserve: "Whether a server that is gone was ever meant to be there.",
      query: "announced-but-unreachable"
    },
    {
      capability: "Analyses chains for a living, and runs servers for it",
      sees: "What the lines above say, and it knows what to do with it.",
      figure: "No figure. What operators or registries publish can be compared with a list of labels in the report; here nobody is named.",
      cannotObserve: "A careful company would leave no trace that we could see: nothing found is not nobody there.",
      query: null
    }
  ]
}
