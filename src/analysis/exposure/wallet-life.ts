import type { Route, WalletNetwork } from "./candidate.ts"
import type { SelectionPolicy } from "./selection-policy.ts"
import { connectedSlot, type Sightings } from "./sightings.ts"

/** How a wallet lives in the model. */
export interface WalletHabits {
  readonly route: Route
  /** The user once saved a main server (drawn from the usable ones of the list); else every start draws one anew. */
  readonly savedServer: boolean
  /** Starts of the program in one life. */
  readonly starts: number
  /** How often within a session the main server is exchanged (it lags, it disconnects): each lets another one see all. */
  readonly switchesPerStart: number
}

/** The wallet's constants (protocol facts, section 9). */
const stickyServers = 4
const recentServers = 20
const onionLimit = 5

/** Servers that one session tries at the most: with ten at a time, what it gets through in some minutes. */
const mostAttempts = 200

/** Tries at drawing a server that was not tried yet, before all of them are looked through. */
const drawTries = 24

/** A network as one life of a wallet uses it: places instead of words, everything unknown drawn. */
export interface LifeNetwork {
  /** Places of the list's servers, usable or not: of those the main server is drawn. */
  readonly defaults: Int32Array
  readonly isDefault: Uint8Array
  readonly usable: Uint8Array
  /** Number of the bucket; -1 is exempt. */
  readonly bucket: Int32Array
  readonly onion: Uint8Array
  /** Number of the policy's group; null without groups. */
  readonly group: Int32Array | null
  /** Usable servers of each group. */
  readonly groupSize: Int32Array
  readonly peers: WalletNetwork["peers"]
}

/**
 * Lives of a wallet in a network, one with each call, from its first start on; what happens in them goes to the
 * sightings. `usable` and `groupSize` may change between lives, everything else is read once. A hundred thousand
 * starts are simulated with every analysis: so nothing is made anew for one, and what was tried, met or known in an
 * earlier one is told by its number.
 */
export const walletLives = (
  network: LifeNetwork,
  policy: SelectionPolicy,
  habits: WalletHabits,
  random: () => number,
  sightings: Sightings
): () => void => {
  const { bucket, defaults, group, groupSize, isDefault, onion, peers, usable } = network
  const { bucketRule, mains } = policy
  const candidates = usable.length
  const proxied = habits.route === "tor"
  /** Starts in all lives so far. */
  let session = 0
  let life = 0
  /** In the present life. */
  let start = 0

  /** Session in which a candidate was tried last, was connected to, and was known beside the list's servers. */
  const tried = new Int32Array(candidates)
  const joined = new Int32Array(candidates)
  const known = new Int32Array(candidates)
  /** Session in which a bucket, or group, was connected to last. */
  const buckets = new Int32Array(largest(bucket) + 1)
  const groups = new Int32Array(group === null ? 0 : largest(group) + 1)
  /** Life in which a candidate was connected to last, and was asked, for each slot. */
  const met = new Int32Array(candidates)
  const seen = Array.from({ length: mains }, () => new Int32Array(candidates))
  const connected = new Places(candidates)
  let onions = 0
  /** Known beside the list's servers: recent ones, later those that the main server names. */
  const others = new Places(candidates)
  /** What is left once drawing meets mostly tried ones, in the order in which it is taken from its end; fewer than none: not looked for. */
  const left = new Places(candidates)
  /** Servers that were connected to, the latest first. */
  let recents = new Places(recentServers)
  let earlier = new Places(recentServers)

  const below = (count: number): number => Math.floor(random() * count)
  /** In place (Fisher and Yates). */
  const shuffle = ({ items, length }: Places): void => {
    for (let i = length - 1; i > 0; i--) {
      const j = below(i + 1)
      const item = items[i]!
      items[i] = items[j]!
      items[j] = item
    }
  }
  const asked = (candidate: number, slot: number): void => {
    if (seen[slot]![candidate] === life) return
    seen[slot]![candidate] = life
    sightings.add(candidate, slot, start)
  }
  /** Connects, and leaves again where the rules forbid it: the other side has seen the wallet by then. */
  const connect = (candidate: number, main: boolean): boolean => {
    tried[candidate] = session
    if (usable[candidate] === 0) return false
    // Which group a server is in is known before it is dialled.
    if (group !== null && groups[group[candidate]!] === session) return false
    if (met[candidate] !== life) {
      met[candidate] = life
      sightings.add(candidate, connectedSlot, start)
    }
    const ownBucket = bucket[candidate]!
    if (bucketRule && !main) {
      if (onion[candidate] === 1 ? onions > onionLimit : !proxied && ownBucket >= 0 && buckets[ownBucket] === session) return false
    }
    if (onion[candidate] === 1) onions++
    else if (ownBucket >= 0) buckets[ownBucket] = session
    if (group !== null) groups[group[candidate]!] = session
    joined[candidate] = session
    connected.items[connected.length++] = candidate
    return true
  }
  /** However many servers a group has, it is drawn as often as another. */
  const groupAgrees = (candidate: number): boolean =>
    group === null || usable[candidate] === 0 || random() * groupSize[group[candidate]!]! < 1

  const learn = (candidate: number): void => {
    if (isDefault[candidate] === 1 || known[candidate] === session) return
    known[candidate] = session
    others.items[others.length++] = candidate
  }
  const at = (i: number): number => i < defaults.length ? defaults[i]! : others.items[i - defaults.length]!
  /** One of those known, each as likely, that was not tried in this session; -1 when all were. */
  const draw = (): number => {
    const total = defaults.length + others.length
    if (left.length < 0) {
      for (let tries = 0; tries < drawTries; tries++) {
        const candidate = at(below(total))
        if (tried[candidate] !== session && groupAgrees(candidate)) return candidate
      }
      left.length = 0
      for (let i = 0; i < total; i++) if (tried[at(i)] !== session) left.items[left.length++] = at(i)
      shuffle(left)
    }
    while (left.length > 0) {
      const candidate = left.items[--left.length]!
      if (tried[candidate] !== session) return candidate
    }
    return -1
  }
  /** Learns of the list that a main server hands out: of random subsets so often as it was seen of times asked. */
  const learnNamedBy = (main: number): void => {
    left.length = -1
    const named = peers.get(main)
    if (named === undefined) return
    for (let i = 0; i < named.candidates.length; i++) {
      if (named.weights[i]! >= 1 || random() < named.weights[i]!) learn(named.candidates[i]!)
    }
  }
  const drawMain = (): number => {
    for (let tries = 0; tries < 1000; tries++) {
      const candidate = defaults[below(defaults.length)]!
      if (groupAgrees(candidate)) return candidate
    }
    return defaults[below(defaults.length)]!
  }
  /** Those connected to beside the main server. */
  const beside = (main: number): Array<number> => {
    const rest: Array<number> = []
    for (let i = 0; i < connected.length; i++) if (connected.items[i] !== main) rest.push(connected.items[i]!)
    return rest
  }
  /** Those connected to go before earlier ones, in the order in which connections happened to succeed. */
  const remember = (): void => {
    shuffle(connected)
    const before = recents
    recents = earlier
    earlier = before
    recents.length = 0
    for (let i = 0; i < connected.length && recents.length < recentServers; i++) recents.items[recents.length++] = connected.items[i]!
    for (let i = 0; i < before.length && recents.length < recentServers; i++) {
      if (joined[before.items[i]!] !== session) recents.items[recents.length++] = before.items[i]!
    }
  }

  const startOnce = (saved: number): void => {
    session++
    connected.length = 0
    onions = 0
    others.length = 0
    left.length = -1
    for (let i = 0; i < recents.length; i++) learn(recents.items[i]!)
    let main = saved >= 0 ? saved : drawMain()
    const reached = connect(main, true)
    // At once: recent servers until four are there, the rest from what is known before any server was asked.
    let attempts = 1
    let sticky = 0
    if (reached) for (let i = 0; i < recents.length; i++) if (recents.items[i] === main) sticky = 1
    for (let i = 0; i < recents.length && sticky < stickyServers && attempts < policy.connections; i++) {
      const recent = recents.items[i]!
      if (tried[recent] === session) continue
      attempts++
      if (connect(recent, false)) sticky++
    }
    for (; attempts < policy.connections; attempts++) {
      const next = draw()
      if (next < 0) break
      connect(next, false)
    }
    if (connected.length === 0) return
    // Where the main server fails, one of those that are connected by then takes its place.
    if (!reached) main = connected.items[below(connected.length)]!
    // Then, for those that failed, also from the main server's list.
    if (connected.length < policy.connections) learnNamedBy(main)
    for (; connected.length < policy.connections && attempts < mostAttempts; attempts++) {
      const next = draw()
      if (next < 0) break
      connect(next, false)
    }
    asked(main, 0)
    if (mains > 1) {
      const rest = beside(main)
      // With fewer servers than parts the main one is asked for the rest.
      for (let slot = 1; slot < mains; slot++) asked(rest.length === 0 ? main : rest.splice(below(rest.length), 1)[0]!, slot)
    }
    for (let i = 0; i < habits.switchesPerStart && connected.length > 1; i++) {
      const next = beside(main)
      main = next[below(next.length)]!
      asked(main, 0)
    }
    remember()
  }

  return () => {
    if (defaults.length === 0) return
    life++
    recents.length = 0
    const usableDefaults = habits.savedServer ? defaults.filter((candidate) => usable[candidate] === 1) : defaults
    const saved = habits.savedServer && usableDefaults.length > 0 ? usableDefaults[below(usableDefaults.length)]! : -1
    for (start = 1; start <= habits.starts; start++) startOnce(saved)
    sightings.endTrial()
  }
}

/** Some places of candidates, for which there is room once and for all. */
class Places {
  readonly items: Int32Array
  length = 0

  constructor(most: number) {
    this.items = new Int32Array(most)
  }
}

const largest = (numbers: Int32Array): number => numbers.reduce((most, number) => Math.max(most, number), -1)
