import { shippedChains } from "../../domain/chain.ts"
import { strangersRules } from "../claim.ts"
import { parseSeedText } from "../seed-grammar.ts"
import { parseRealName } from "../real-name.ts"
import { peersOfCoins } from "./coins-file.ts"

/** Patterns (git's own) of the lists that are known: wallets' and Fulcrum's `servers*.json`, ElectrumX's `coins.py`. */
export const knownLists = ["*servers*.json", "coins.py", "*/coins.py"]

/** Folders of other coins in repositories that serve several. */
const otherCoins = /(?:^|[/_-])(?:bch|bsv|ltc|doge|dash|cash|scale|chip)(?=[/_.-]|$)/i

/** Where a path names its network: `servers_testnet.json`, `chains/testnet/servers.json`. */
const inFileName = /servers[_-]([a-z0-9]{1,40})\.json$/i
const inFolder = /(?:^|\/)chains\/([a-z0-9-]{1,40})\//i

/**
 * The network whose servers a `servers*.json` has, by its path; null where it is
 * another coin's. A path that names no network is mainnet's.
 */
export const networkOfPath = (path: string): string | null => {
  if (otherCoins.test(path)) return null
  const named = (inFileName.exec(path) ?? inFolder.exec(path))?.[1]?.toLowerCase() ?? "mainnet"
  return named === "testnet3" ? "testnet" : named
}

const portsOf = (network: string) => (shippedChains.find(({ name }) => name === network) ?? shippedChains[0]!).default_ports

const hostsOf = (advertisements: ReadonlyArray<{ readonly host: string | null }>): ReadonlyArray<string> =>
  advertisements.flatMap(({ host }) => host === null ? [] : [host])

/**
 * Hosts by network in one version of a list file, of a given network where one
 * is given. Null for what cannot be read: lists were broken at times, and that
 * says nothing of who was on them.
 */
export const hostsInList = (path: string, text: string, network: string | null): ReadonlyMap<string, ReadonlyArray<string>> | null => {
  if (path.endsWith(".py")) {
    const peers = peersOfCoins(text)
    return peers === null ? null : new Map([...peers].map(([net, names]) => [
      net,
      hostsOf(names.map((name) => parseRealName(name, portsOf(net), strangersRules)))
    ]))
  }
  const of = network ?? networkOfPath(path)
  if (of === null) return new Map()
  const parsed = parseSeedText(text, portsOf(of), strangersRules)
  return parsed === undefined || (path.endsWith(".json") && parsed.format === "lines") ? null : new Map([[of, hostsOf(parsed.advertisements)]])
}
