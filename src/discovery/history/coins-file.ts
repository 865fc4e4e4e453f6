/** What one class of ElectrumX's `coins.py` says of itself, before what it inherits. */
interface CoinClass {
  readonly bases: ReadonlyArray<string>
  name: string | null
  net: string | null
  readonly peers: Array<string>
}

/** Most classes of a file, and lines of one list. */
const mostClasses = 2_000
const mostPeers = 5_000

/** A literal, or the comment that ends a line. */
const literal = /#.*$|'([^'\\\n]{0,300})'|"([^"\\\n]{0,300})"/g

const textsIn = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(literal)].flatMap(([, single, double]) => single ?? double ?? [])

const readClasses = (source: string): Map<string, CoinClass> => {
  const classes = new Map<string, CoinClass>()
  let current: CoinClass | null = null
  let inPeers = false
  for (const line of source.split("\n")) {
    const header = /^class (\w{1,80})(?:\(([^)]{0,300})\))?:/.exec(line)
    if (header !== null) {
      if (classes.size >= mostClasses) break
      current = { bases: (header[2] ?? "").split(",").map((base) => base.trim()), name: null, net: null, peers: [] }
      classes.set(header[1]!, current)
      inPeers = false
      continue
    }
    if (current === null) continue
    const assigned = /^ {4}(NAME|NET)\s*=\s*(?:'([^']{0,80})'|"([^"]{0,80})")/.exec(line)
    if (assigned !== null) current[assigned[1] === "NAME" ? "name" : "net"] = assigned[2] ?? assigned[3] ?? null
    const opens = /^ {4}PEERS\s*=\s*[[(](.*)$/.exec(line)
    if (opens !== null) inPeers = true
    if (!inPeers) continue
    const rest = opens?.[1] ?? line
    for (const peer of textsIn(rest)) if (current.peers.length < mostPeers) current.peers.push(peer)
    if (/[\])]/.test(rest.replace(literal, ""))) inPeers = false
  }
  return classes
}

/** An attribute of a class or the first of its ancestors that has it. */
const inherited = (classes: ReadonlyMap<string, CoinClass>, of: CoinClass, attribute: "name" | "net", depth = 0): string | null => {
  if (of[attribute] !== null) return of[attribute]
  if (depth > 10) return null
  for (const base of of.bases) {
    const found = classes.get(base)
    const value = found === undefined ? null : inherited(classes, found, attribute, depth + 1)
    if (value !== null) return value
  }
  return null
}

/** What Bitcoin was called in ElectrumX over the years. */
const bitcoin = new Set(["Bitcoin", "BitcoinSegwit", "Bitcoin-segwit"])

const networks: Readonly<Record<string, string>> = { testnet3: "testnet", testnet4: "testnet4" }

/**
 * The peers that ElectrumX ships for Bitcoin's networks: real names by network,
 * out of the classes of its `coins.py`. Only literals are looked at; Python is
 * not run. Null where no class is found.
 */
export const peersOfCoins = (source: string): ReadonlyMap<string, ReadonlyArray<string>> | null => {
  const classes = readClasses(source)
  if (classes.size === 0) return null
  const byNetwork = new Map<string, Array<string>>()
  for (const coin of classes.values()) {
    const net = inherited(classes, coin, "net")
    if (coin.peers.length === 0 || net === null || !bitcoin.has(inherited(classes, coin, "name") ?? "")) continue
    const network = networks[net] ?? net
    byNetwork.set(network, [...byNetwork.get(network) ?? [], ...coin.peers])
  }
  return byNetwork
}
