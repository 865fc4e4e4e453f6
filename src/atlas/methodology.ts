import { between, counted, ofAll, percent, whole } from "./figure-text.ts"
import type { TextSection } from "./shapes/text.ts"
import type { TextInput } from "./threat-model.ts"

const minute = (time: string): string => `${time.slice(0, 16).replace("T", " ")} UTC`

const stateText: Readonly<Record<string, string>> = {
  finished: "It was finished.",
  running: "It is still running, so that all figures are of what is there yet.",
  limited: "A limit ended it before everything known was visited.",
  interrupted: "It was interrupted, so that figures are incomplete.",
  failed: "It failed on the way, so that figures are incomplete.",
  abandoned: "It was abandoned on the way, so that figures are incomplete."
}

const waysText = (ways: ReadonlyArray<string>): string => {
  const words: Readonly<Record<string, string>> = { ipv4: "IPv4", ipv6: "IPv6", tor: "onion services", proxy: "everything through a proxy" }
  return ways.length === 0 ? "no way out" : ways.map((way) => words[way] ?? way).join(", ")
}

/** Reasons that say nothing about a server. */
const ours = new Set(["us", "proxy", "policy", "throttled"])

const sectionsOfCrawl = ({ crawl, overview, servers }: TextInput): ReadonlyArray<TextSection> => {
  const { counts } = crawl
  const failedOnOurSide = servers.filter(({ reachable, reason }) => reachable === null && reason !== null && ours.has(reason)).length
  const notTried = servers.filter(({ reachable, reason }) => reachable === null && (reason === null || !ours.has(reason))).length
  return [
    {
      title: "What was looked at",
      paragraphs: [
        `Crawl ${crawl.crawlId} of ${crawl.network} (${crawl.chainTitle}) began on ${minute(crawl.startedAt)}${
          crawl.endedAt === null ? "" : ` and ended on ${minute(crawl.endedAt)}`}, from the vantage "${crawl.vantage}", which had ${waysText(crawl.ways)}. ${stateText[crawl.state] ?? ""}`.trim(),
        ...(crawl.simulated
          ? ["The network is SIMULATED: hosts may be real, all behaviour is invented, and nothing here is a finding about anyone."]
          : []),
        `${counted(counts.advertisements, "advertisement")} named ${counted(counts.endpoints, "endpoint")}, which are ${counted(counts.servers, "server")}. ${
          counted(counts.endpointsReachable, "endpoint")} and ${counted(counts.serversReachable, "server")} of this chain answered.`
      ]
    },
    {
      title: "What is counted",
      paragraphs: [
        "An advertisement is one source saying that a server exists; the same entry from two sources is two. An endpoint is host, port and transport: what can be dialled. A server is one running service: endpoints of one host name, or of one address with the same certificate or features in the same minute, or that claim each other. An operator is whoever controls servers: always a probability, never a name of ours.",
        "Counting one level as another is the most common mistake about this network: a server with a name, two addresses and an onion is one server and not four."
      ]
    },
    {
      title: "How servers are found and visited",
      paragraphs: [
        "From seeds the crawl asks every server for its peers, and goes on until nobody names anybody new. Lists are random parts of what servers know, so they are asked for again until little is unseen, and every announcement keeps how often it was seen of how often it was asked for.",
        "A visit is one connection with harmless requests, under an honest name, at a rate that stays below the limits of common server software. It has a result or a reason. The chain of a server is decided by block headers and not by what it says."
      ]
    },
    {
      title: "Unknown is not no",
      paragraphs: [
        `What our vantage could not reach is unknown and not gone: ${counted(failedOnOurSide, "server")} failed on our side, ${counted(notTried, "server")} ${notTried === 1 ? "was" : "were"} not tried. Servers that did not answer us may have answered others.`,
        "A field that is empty says why. An indicator that could not be tested is not innocent, and a group that was not found is not proof of many operators."
      ]
    },
    {
      title: "How much may be missing",
      paragraphs: [
        overview.coverage.value === null
          ? overview.coverage.caveat
          : `About ${between(overview.coverage.low!, overview.coverage.high!, percent)} of what lists can show was seen. ${overview.coverage.caveat}`
      ]
    }
  ]
}

const sectionsOfAnalysis = ({ clusters, crawl, exposure, overview, run, servers, suspicion }: TextInput): ReadonlyArray<TextSection> => {
  const located = servers.filter(({ country }) => country !== null).length
  const operators = clusters.filter(({ kind }) => kind === "operator")
  return [
    {
      title: "What software servers run",
      paragraphs: [
        "Banner and version are whatever an operator writes. The implementation is told from how replies are made: order of keys, spacing, errors, the form of numbers and histograms. Where that fits nothing known well enough, none is named.",
        `Named here: ${ofAll(servers.filter(({ implementation }) => implementation !== null).length, servers.length)} servers.`
      ]
    },
    {
      title: "Where servers stand",
      paragraphs: [
        `A country is known of ${ofAll(located, servers.length)} servers, by geo files or by the registry of addresses. Files differ by hundreds of kilometres about cities, so places are approximate; onion services have none.`
      ]
    },
    {
      title: "Who probably runs what",
      paragraphs: run === null
        ? ["Servers were not compared yet: run `observatory analyze`."]
        : [
          `Servers are compared two by two, and what they have in common adds up in bits: how much likelier it is for one operator's servers than for strangers'. Two servers drawn at random have one operator with a probability of ${percent(run.operator_prior)} before that. From ${percent(run.threshold)} on a pair is called probably one operator's, and only where something that nobody can copy (a private key, a certificate that names the other) comes with one address for gifts or one domain of their own, and nothing shows that a third party (an image, a hoster, a proxy, a club) brought both.`,
          `${operators.length === 0
            ? "No group came of it."
            : `${counted(operators.length, "group")} came of it, of which the model itself expects ${(overview.expectedFalseGroups ?? 0).toFixed(1)} to be wrong by chance; a third party that brings all that a group stands on is not in that number.`} Who is careful leaves nothing in common and is counted apart. A shared node, proxy or host proves less and is shown apart.`
        ]
    },
    {
      title: "What is held against servers",
      paragraphs: suspicion === null
        ? ["Nothing yet: run `observatory analyze`."]
        : [
          `A score is a sum of ${counted(suspicion.indicators.length, "indicator")}, 0 to 100, each with its rows, its innocent causes and how often honest servers are expected to earn it. From ${whole(suspicion.threshold)} on it says: shows a reproducible violation of the protocol, if one indicator alone is such a violation; else that several weaker signs came together, none of which proves anything. It does not say who does it, nor why. Whether servers have one operator is another question, and hardly weighs in it.`
        ]
    },
    {
      title: "What wallets would show to whom",
      paragraphs: exposure === null
        ? ["Not modelled yet: run `observatory analyze`."]
        : [
          "Figures about wallets are model output: the wallet's own rules of choosing servers, played over this crawl. Limits are 95 %, over which groups are one operator's and over the error of simulating. Whoever runs servers sees this; it accuses nobody."
        ]
    },
    {
      title: "The map",
      paragraphs: [
        "Arrows are announcements: who lists whom. Servers that list one another are drawn near each other; that says nothing about who runs them. Communities are parts of that graph in which more is listed than chance would, and on a network where everybody lists everybody they mean little.",
        crawl.analysedAt === null ? "Before the analysis servers stand in circles by community." : "The analysis draws the map once; the next crawl's begins from it, so that servers stay about where they were."
      ]
    }
  ]
}

/** How the figures of a crawl came about, with them filled in. */
export const methodology = (input: TextInput): ReadonlyArray<TextSection> => [...sectionsOfCrawl(input), ...sectionsOfAnalysis(input)]
