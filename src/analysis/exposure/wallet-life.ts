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

/** In place (Fisher and Yates). */
const shuffle = (items: Array<number>, below: (count: number) => number): void => {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(i + 1)
    const item = items[i]!
    items[i] = items[j]!
    items[j] = item
  }
}

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

/** One life of a wallet from its first start on; what happens in it goes to the sightings. */
export const liveWallet = (
  network: LifeNetwork,
  policy: SelectionPolicy,
  habits: WalletHabits,
  random: () => number,
  sightings: Sightings
): void => {
  const { bucket, defaults, group, groupSize, isDefault, onion, peers, usable } = network
  const candidates = usable.length
  const tried = new Int32Array(candidates)
  const met = new Uint8Array(candidates)
  const seen = Array.from({ length: policy.mains }, () => new Uint8Array(candidates))
  const proxied = habits.route === "tor"
  let recents: Array<number> = []
  let start = 0
  let connected: Array<number> = []
  let onions = 0
  const buckets = new Set<number>()
  const groups = new Set<number>()

  const below = (count: number): number => Math.floor(random() * count)
  const asked = (candidate: number, slot: number): void => {
    if (seen[slot]![candidate] === 1) return
    seen[slot]![candidate] = 1
    sightings.add(candidate, slot, start)
  }
  /** Connects, and leaves again where the rules forbid it: the other side has seen the wallet by then. */
  const connect = (candidate: number, main: boolean): boolean => {
    tried[candidate] = start
    if (usable[candidate] === 0) return false
    // Which group a server is in is known before it is dialled.
    if (group !== null && groups.has(group[candidate]!)) return false
    if (met[candidate] === 0) {
      met[candidate] = 1
      sightings.add(candidate, connectedSlot, start)
    }
    if (policy.bucketRule && !main) {
      if (onion[candidate] === 1 ? onions > onionLimit : !proxied && bucket[candidate]! >= 0 && buckets.has(bucket[candidate]!)) {
        return false
      }
    }
    if (onion[candidate] === 1) onions++
    else if (bucket[candidate]! >= 0) buckets.add(bucket[candidate]!)
    if (group !== null) groups.add(group[candidate]!)
    connected.push(candidate)
    return true
  }
  /** However many servers a group has, it is drawn as often as another. */
  const groupAgrees = (candidate: number): boolean =>
    group === null || usable[candidate] === 0 || random() * groupSize[group[candidate]!]! < 1

  /** Known beside the list's servers: recent ones, later those that the main server names. */
  let others: Array<number> = []
  /** What is left once drawing meets mostly tried ones, in the order in which it is taken. */
  let left: Array<number> | undefined
  const learn = (candidates: Iterable<number>): void => {
    const known = new Set(others)
    for (const candidate of candidates) if (isDefault[candidate] === 0) known.add(candidate)
    others = [...known]
    left = undefined
  }
  const at = (i: number): number => i < defaults.length ? defaults[i]! : others[i - defaults.length]!
  /** One of those known, each as likely, that was not tried in this session; undefined when all were. */
  const draw = (): number | undefined => {
    const total = defaults.length + others.length
    if (left === undefined) {
      for (let tries = 0; tries < drawTries; tries++) {
        const candidate = at(below(total))
        if (tried[candidate] !== start && groupAgrees(candidate)) return candidate
      }
      left = []
      for (let i = 0; i < total; i++) if (tried[at(i)] !== start) left.push(at(i))
      shuffle(left, below)
    }
    for (let candidate = left.pop(); candidate !== undefined; candidate = left.pop()) {
      if (tried[candidate] !== start) return candidate
    }
    return undefined
  }
  /** The list that a main server hands out: of random subsets so often as it was seen of times asked. */
  const namedBy = (main: number): ReadonlyArray<number> => {
    const named = peers.get(main)
    return named === undefined ? [] : named.candidates.filter((_, i) => named.weights[i]! >= 1 || random() < named.weights[i]!)
  }
  const drawMain = (): number => {
    for (let tries = 0; tries < 1000; tries++) {
      const candidate = defaults[below(defaults.length)]!
      if (groupAgrees(candidate)) return candidate
    }
    return defaults[below(defaults.length)]!
  }

  if (defaults.length === 0) return
  const usableDefaults = defaults.filter((candidate) => usable[candidate] === 1)
  const saved = habits.savedServer && usableDefaults.length > 0 ? usableDefaults[below(usableDefaults.length)]! : undefined
  while (start < habits.starts) {
    start++
    connected = []
    onions = 0
    buckets.clear()
    groups.clear()
    others = []
    learn(recents)
    let main = saved ?? drawMain()
    const reached = connect(main, true)
    // At once: recent servers until four are there, the rest from what is known before any server was asked.
    let attempts = 1
    let sticky = reached && recents.includes(main) ? 1 : 0
    for (const recent of recents) {
      if (sticky >= stickyServers || attempts >= policy.connections) break
      if (tried[recent] === start) continue
      attempts++
      if (connect(recent, false)) sticky++
    }
    for (; attempts < policy.connections; attempts++) {
      const next = draw()
      if (next === undefined) break
      connect(next, false)
    }
    // Where the main server fails, one of those that are connected by then takes its place.
    if (!reached && connected.length > 0) main = connected[below(connected.length)]!
    if (connected.length > 0) {
      // Then, for those that failed, also from the main server's list.
      if (connected.length < policy.connections) learn(namedBy(main))
      for (; connected.length < policy.connections && attempts < mostAttempts; attempts++) {
        const next = draw()
        if (next === undefined) break
        connect(next, false)
      }
      asked(main, 0)
      const others = connected.filter((candidate) => candidate !== main)
      for (let slot = 1; slot < policy.mains; slot++) {
        // With fewer servers than parts the main one is asked for the rest.
        asked(others.length === 0 ? main : others.splice(below(others.length), 1)[0]!, slot)
      }
      for (let i = 0; i < habits.switchesPerStart && connected.length > 1; i++) {
        const now = main
        const next = connected.filter((candidate) => candidate !== now)
        main = next[below(next.length)]!
        asked(main, 0)
      }
      // In the order in which connections happened to succeed.
      shuffle(connected, below)
      const latest = new Set(connected)
      recents = [...connected, ...recents.filter((candidate) => !latest.has(candidate))].slice(0, recentServers)
    }
  }
  sightings.endTrial()
}
