import type { Advertisement } from "../domain/advertisement.ts"
import { type Endpoint, endpointKey } from "../domain/endpoint.ts"
import type { NotVisitedReason } from "../domain/reason.ts"
import { KnownByNumber, type Tallied } from "../domain/tallied.ts"
import type { EndpointFact } from "../store/facts.ts"
import type { KnownEndpoint } from "../store/store.ts"
import { DueQueue, highestRank } from "./due-queue.ts"
import { boundRefusal } from "./frontier-bounds.ts"
import {
  addEntry,
  fact,
  type FrontierCounts,
  type FrontierEntry,
  type FrontierRules,
  type HostEntry,
  isTls,
  locate,
  newHost,
  parkedEntry,
  prefers,
  type VisitResult,
  type Wave,
  waveOf
} from "./frontier-entry.ts"

/**
 * Which endpoints are known and which is due next. A plain data structure with
 * one owner (the crawl's fiber), so there is nothing to lock.
 *
 * Discovery runs in waves: first TLS endpoints until no new one is found, then
 * one TCP endpoint of every host where TLS is not offered or failed, then TLS
 * endpoints learned meanwhile, and so on. What is visited thus depends on what
 * the servers say and not on who was quicker; an endpoint is visited at most once.
 */
export class Frontier {
  readonly #rules: FrontierRules
  readonly #entries = new Map<string, FrontierEntry>()
  readonly #hosts = new Map<string, HostEntry>()
  readonly #due = new DueQueue<FrontierEntry>()
  readonly #inFlight = new Set<FrontierEntry>()
  /** Of catalogues of many lists, what each advertisement named when it was learned first: the same ones stand in hundreds of lists. */
  readonly #named = new KnownByNumber<Advertisement, ReadonlyArray<FrontierEntry>>()
  #wave: Wave = "tls"
  #accepted = 0
  #visited = 0
  readonly #notVisited = new Map<NotVisitedReason, number>()
  #batch = 0
  /** Endpoints beyond every bound: neither stored nor dialled, only counted. */
  uncounted = 0

  constructor(rules: FrontierRules) {
    this.#rules = rules
  }

  counts(): FrontierCounts {
    const known = this.#entries.size
    const due = this.#due.size
    const inFlight = this.#inFlight.size
    const notVisited = this.#notVisited.values().reduce((sum, count) => sum + count, 0)
    return {
      known,
      due,
      inFlight,
      visited: this.#visited,
      notVisited,
      parked: known - due - inFlight - this.#visited - notVisited
    }
  }

  /** Endpoints settled without a visit, by reason. */
  notVisitedReasons(): ReadonlyMap<NotVisitedReason, number> {
    return this.#notVisited
  }

  /** Canonical addresses that sources gave for a host. */
  addressesOf(host: string): ReadonlyArray<string> {
    return this.#hosts.get(host)?.addresses ?? []
  }

  entry(key: string): FrontierEntry | undefined {
    return this.#entries.get(key)
  }

  /**
   * Takes in what one source announced at one time. The first `accepted`
   * advertisements are followed, endpoints of the rest are known as
   * `policy: budget`. Returns what changed, to be stored with the announcement.
   */
  learn(
    list: Tallied<Advertisement>,
    options: { readonly bySeed: boolean; readonly accepted: number; readonly at: number }
  ): Array<EndpointFact> {
    const facts: Array<EndpointFact> = []
    const batch = ++this.#batch
    const { catalogue, numbers } = list
    const known = this.#named.of(list)
    let taken = 0
    for (const number of numbers) {
      const named = known?.[number]
      if (named !== undefined) {
        taken++
        for (const entry of named) this.#nameAgain(entry, batch)
        continue
      }
      const { address, host, networkClass, services } = catalogue[number]!
      if (host === null || networkClass === null) continue
      const follow = ++taken <= options.accepted
      const entries: Array<FrontierEntry> = []
      for (const { port, transport } of services) {
        const entry = this.#learnEndpoint({ host, networkClass, port, transport }, follow, batch, options, facts)
        if (entry !== undefined) entries.push(entry)
      }
      // An array that grew has room for 17.
      if (known !== undefined && entries.length === services.length) known[number] = entries.slice()
      const its = this.#hosts.get(host)
      if (its !== undefined && address !== null) locate(its, address)
    }
    return facts
  }

  #learnEndpoint(
    endpoint: Endpoint,
    follow: boolean,
    batch: number,
    options: { readonly bySeed: boolean; readonly at: number },
    facts: Array<EndpointFact>
  ): FrontierEntry | undefined {
    const key = endpointKey(endpoint)
    const known = this.#entries.get(key)
    if (known !== undefined) {
      this.#nameAgain(known, batch)
      return known
    }
    // Refused endpoints are rows too, so they need a bound of their own.
    if (this.#entries.size >= 5 * this.#rules.maxEndpoints) {
      this.uncounted++
      return undefined
    }
    const host = this.#hostOf(endpoint.host)
    const entry = parkedEntry(endpoint, key)
    entry.lastBatch = batch
    const refusal = boundRefusal(endpoint, {
      bySeed: options.bySeed,
      follow,
      crawlIsFull: this.#accepted >= this.#rules.maxEndpoints,
      hostIsFull: host.accepted >= this.#rules.portsPerHost
    })
    this.#entries.set(key, entry)
    addEntry(host, entry)
    if (refusal !== null) {
      facts.push(this.#settle(entry, "policy", refusal, options.at))
      return entry
    }
    this.#accepted++
    host.accepted++
    facts.push(this.#place(entry, host, options.at))
    return entry
  }

  /** Two spellings in one list are one source. */
  #nameAgain(entry: FrontierEntry, batch: number): void {
    if (entry.lastBatch === batch) return
    entry.lastBatch = batch
    entry.sources++
    if (entry.state === "due" && !entry.inFlight && entry.sources <= highestRank) this.#due.put(entry)
  }

  /** First state of an accepted endpoint. */
  #place(entry: FrontierEntry, host: HostEntry, at: number): EndpointFact {
    if (this.#rules.allEndpoints) return this.#promote(entry, at)
    if (host.tlsAnswered) return this.#settle(entry, "tls answered", null, at)
    if (entry.endpoint.transport === "tcp") {
      return host.tcpAnswered ? this.#settle(entry, "tcp answered", null, at) : fact(entry, null, null, at)
    }
    if (this.#wave === "tcp" || host.entries.some((e) => isTls(e) && (this.#due.has(e) || e.inFlight))) {
      return fact(entry, null, null, at)
    }
    return this.#promote(entry, at)
  }

  /** The next endpoint to visit, now in flight; undefined when none is due in this wave. */
  take(): FrontierEntry | undefined {
    const entry = this.#due.take()
    if (entry !== undefined) {
      entry.inFlight = true
      this.#inFlight.add(entry)
    }
    return entry
  }

  /** What `take` would give next, without taking it. */
  next(): FrontierEntry | undefined {
    const entry = this.#due.take()
    if (entry !== undefined) this.#due.put(entry)
    return entry
  }

  /** As `take`, for one that is due and was chosen by somebody who knows the same frontier. */
  claim(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || !this.#due.has(entry)) return
    this.#due.remove(entry)
    entry.inFlight = true
    this.#inFlight.add(entry)
  }

  /** Puts an endpoint in flight back without a visit, e.g. when the crawl stops. It stays due, behind all others. */
  putBack(entry: FrontierEntry): void {
    entry.isLast = true
    this.#land(entry)
    this.#due.put(entry)
  }

  /** A visit is over: settles what it makes superfluous, promotes what it makes due. */
  visited(entry: FrontierEntry, result: VisitResult, at: number): Array<EndpointFact> {
    this.#land(entry)
    entry.state = "visited"
    this.#visited++
    const facts = [fact(entry, null, null, at)]
    const host = this.#hostOf(entry.endpoint.host)
    if (result.reachable) {
      if (isTls(entry)) host.tlsAnswered = true
      else host.tcpAnswered = true
      this.#settleRest(host, at, facts)
    } else this.#promoteNext(host, entry.endpoint.transport, at, facts)
    return facts
  }

  /** An endpoint in flight turned out not to be dialled (policy, vantage). */
  refused(entry: FrontierEntry, reason: NotVisitedReason, detail: string, at: number): Array<EndpointFact> {
    this.#land(entry)
    const facts = [this.#settle(entry, reason, detail, at)]
    this.#promoteNext(this.#hostOf(entry.endpoint.host), entry.endpoint.transport, at, facts)
    return facts
  }

  /**
   * To be called when nothing is due and nothing in flight: begins the next
   * wave. Returns the promotions; when it returns none, discovery is complete.
   */
  advance(at: number): Array<EndpointFact> {
    const facts: Array<EndpointFact> = []
    for (const wave of [this.#wave === "tls" ? "tcp" : "tls", this.#wave] as const) {
      this.#wave = wave
      for (const host of this.#hosts.values()) this.#promoteNext(host, wave, at, facts)
      if (facts.length > 0) return facts
    }
    return facts
  }

  /** Settles everything not visited yet, when a bound ends the crawl. Endpoints in flight are left alone. */
  abandon(reason: NotVisitedReason, detail: string, at: number): Array<EndpointFact> {
    const facts: Array<EndpointFact> = []
    for (const entry of this.#entries.values()) {
      if (entry.inFlight || entry.state === "visited" || entry.state === "not visited") continue
      this.#due.remove(entry)
      facts.push(this.#settle(entry, reason, detail, at))
    }
    return facts
  }

  /** Takes in the state of an unfinished crawl. What was in flight is due again. */
  restore(known: ReadonlyArray<KnownEndpoint>): void {
    for (const row of known) {
      const host = this.#hostOf(row.endpoint.host)
      for (const address of row.announcedAddresses) locate(host, address)
      const entry = parkedEntry(row.endpoint, endpointKey(row.endpoint))
      entry.sources = Math.max(1, row.sources)
      entry.state = row.state
      this.#entries.set(entry.key, entry)
      addEntry(host, entry)
      if (row.state !== "not visited" || row.reason !== "policy") {
        this.#accepted++
        host.accepted++
      }
      if (row.state === "visited") this.#visited++
      if (row.state === "not visited" && row.reason !== null) this.#countNotVisited(row.reason)
      if (row.state === "due") this.#due.put(entry)
      if (row.state === "visited" && row.reachable && row.visitReason !== "other network") {
        if (isTls(entry)) host.tlsAnswered = true
        else host.tcpAnswered = true
      }
    }
    this.#wave = this.#rules.allEndpoints ? "tls" : waveOf([...this.#hosts.values()].map((host) => host.entries))
  }

  #hostOf(name: string): HostEntry {
    let host = this.#hosts.get(name)
    if (host === undefined) {
      host = newHost()
      this.#hosts.set(name, host)
    }
    return host
  }

  #land(entry: FrontierEntry): void {
    entry.inFlight = false
    this.#inFlight.delete(entry)
  }

  #promote(entry: FrontierEntry, at: number): EndpointFact {
    entry.state = "due"
    this.#due.put(entry)
    return fact(entry, null, null, at)
  }

  #settle(entry: FrontierEntry, reason: NotVisitedReason, detail: string | null, at: number): EndpointFact {
    entry.state = "not visited"
    this.#countNotVisited(reason)
    return fact(entry, reason, detail, at)
  }

  #countNotVisited(reason: NotVisitedReason): void {
    this.#notVisited.set(reason, (this.#notVisited.get(reason) ?? 0) + 1)
  }

  #settleRest(host: HostEntry, at: number, facts: Array<EndpointFact>): void {
    if (this.#rules.allEndpoints) return
    for (const entry of host.entries) {
      if (entry.inFlight || entry.state === "visited" || entry.state === "not visited") continue
      if (!host.tlsAnswered && isTls(entry)) continue
      this.#due.remove(entry)
      facts.push(this.#settle(entry, host.tlsAnswered ? "tls answered" : "tcp answered", null, at))
    }
  }

  /** Makes the host's next parked endpoint of a transport due, unless one of them is under way or has answered. */
  #promoteNext(host: HostEntry, transport: Endpoint["transport"], at: number, facts: Array<EndpointFact>): void {
    if (this.#wave !== transport || host.tlsAnswered || (transport === "tcp" && host.tcpAnswered)) return
    let best: FrontierEntry | undefined
    for (const entry of host.entries) {
      if (entry.endpoint.transport !== transport) continue
      if (entry.inFlight || entry.state === "due") return
      if (entry.state === "parked" && (best === undefined || prefers(entry, best, this.#rules.defaultPorts))) best = entry
    }
    if (best !== undefined) facts.push(this.#promote(best, at))
  }
}
