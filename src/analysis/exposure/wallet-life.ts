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

  /** One of the list, of the recent ones and of those the main server names, each as likely; undefined when all were tried. */
  const draw = (main: number | undefined): number | undefined => {
    const named = main === undefined ? undefined : peers.get(main)
    const more = named?.candidates.length ?? 0
    const total = defaults.length + recents.length + more
    if (total === 0) return undefined
    const at = (i: number): number => {
      if (i < defaults.length) return defaults[i]!
      const later = i - defaults.length
      const candidate = later < recents.length ? recents[later]! : named!.candidates[later - recents.length]!
      // Each once, though several lists have it.
      return isDefault[candidate] === 1 || (later >= recents.length && recents.includes(candidate)) ? -1 : candidate
    }
    const fresh = (i: number): boolean => at(i) >= 0 && tried[at(i)] !== start
    for (let tries = 0; tries < drawTries; tries++) {
      const i = below(total)
      if (!fresh(i)) continue
      const place = i - defaults.length - recents.length
      // Lists are random subsets: so often of so often asked it was in it.
      if (place >= 0 && random() >= named!.weights[place]!) continue
      if (groupAgrees(at(i))) return at(i)
    }
    const left: Array<number> = []
    for (let i = 0; i < total; i++) if (fresh(i)) left.push(at(i))
    return left.length === 0 ? undefined : left[below(left.length)]
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
      const next = draw(undefined)
      if (next === undefined) break
      connect(next, false)
    }
    // Where the main server fails, one of those that are connected by then takes its place.
    if (!reached && connected.length > 0) main = connected[below(connected.length)]!
    if (connected.length > 0) {
      // Then, for those that failed, also from the main server's list.
      while (connected.length < policy.connections) {
        const next = draw(main)
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
      for (let i = connected.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const other = connected[i]!
        connected[i] = connected[j]!
        connected[j] = other
      }
      const latest = new Set(connected)
      recents = [...connected, ...recents.filter((candidate) => !latest.has(candidate))].slice(0, recentServers)
    }
  }
  sightings.endTrial()
}
