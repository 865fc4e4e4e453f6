import type { Captured } from "./coverage.ts"
import type { NetworkClass } from "./host.ts"

/** An endpoint of a server that captures may have. */
export interface CapturedMember {
  readonly serverId: number
  readonly endpointId: number
  readonly networkClass: NetworkClass
  /** It answered: its server counts in this class. */
  readonly reachable: boolean
}

/** One list or source; all that it said, in one reading or several, counts once. */
export interface Capture {
  /** The peer list of a server. */
  readonly byPeer: boolean
  /** Whose list it is: what it says of itself is no capture. Null where that is no server of the crawl. */
  readonly serverId: number | null
}

const classes: ReadonlyArray<NetworkClass | null> = [null, "ipv4", "ipv6", "onion", "name"]

/** An announcement that leads to an endpoint of none of the servers. */
const nobody = -1

/**
 * Counts by how many captures each server was named, in all and in each class of
 * networks. Who names whom are millions of pairs, so nothing of a pair is kept:
 * a server and a class have a place, where stands how many captures had it and
 * which one was the last.
 */
export class CaptureCounts {
  readonly #servers: ReadonlyMap<number, number>
  /** Places of servers in a class, at the number of the announcement. */
  readonly #places: Array<ReadonlyArray<number> | undefined>
  readonly #answered: Uint8Array
  readonly #byPeers: Int32Array
  readonly #bySources: Int32Array
  readonly #last: Int32Array
  #captures = 0

  /** @param named which endpoints announcements lead to: announcement and endpoint at one place each */
  constructor(
    members: ReadonlyArray<CapturedMember>,
    named: { readonly advertisementIds: ReadonlyArray<number>; readonly endpointIds: ReadonlyArray<number> }
  ) {
    this.#servers = new Map([...new Set(members.map(({ serverId }) => serverId))].map((id, i) => [id, i * classes.length]))
    const size = this.#servers.size * classes.length
    this.#answered = new Uint8Array(size)
    this.#byPeers = new Int32Array(size)
    this.#bySources = new Int32Array(size)
    this.#last = new Int32Array(size)
    const placeOf = new Map<number, number>()
    for (const { endpointId, networkClass, reachable, serverId } of members) {
      const server = this.#servers.get(serverId)!
      const place = server + classes.indexOf(networkClass)
      placeOf.set(endpointId, place)
      if (reachable) this.#answered[server] = this.#answered[place] = 1
    }
    this.#places = Array.from({ length: named.advertisementIds.reduce((most, id) => Math.max(most, id + 1), 0) }, () => undefined)
    for (let i = 0; i < named.advertisementIds.length; i++) {
      const advertisementId = named.advertisementIds[i]!
      const place = placeOf.get(named.endpointIds[i]!) ?? nobody
      const before = this.#places[advertisementId]
      if (before === undefined) this.#places[advertisementId] = [place]
      else if (!before.includes(place)) this.#places[advertisementId] = [...before, place]
    }
  }

  /** How many captures named an endpoint at all. */
  get captures(): number {
    return this.#captures
  }

  /** All lists of one capture, announcements by their identifiers. */
  add({ byPeer, serverId }: Capture, lists: ReadonlyArray<ArrayLike<number>>): void {
    const counts = byPeer ? this.#byPeers : this.#bySources
    const own = byPeer && serverId !== null ? this.#servers.get(serverId) : undefined
    const number = this.#captures + 1
    const count = (place: number): void => {
      if (this.#last[place] === number) return
      this.#last[place] = number
      counts[place]!++
    }
    for (const list of lists) {
      for (let i = 0; i < list.length; i++) {
        const places = this.#places[list[i]!]
        if (places === undefined) continue
        this.#captures = number
        for (let p = 0; p < places.length; p++) {
          const place = places[p]!
          const server = place - place % classes.length
          if (place === nobody || server === own) continue
          count(server)
          count(place)
        }
      }
    }
  }

  /** One row a server that answered and class it answered in, and one for all classes. */
  rows(): ReadonlyArray<Captured> {
    const rows: Array<Captured> = []
    for (let place = 0; place < this.#answered.length; place++) {
      if (this.#answered[place] === 0) continue
      rows.push({
        networkClass: classes[place % classes.length]!,
        peerLists: this.#byPeers[place]!,
        sources: this.#bySources[place]!
      })
    }
    return rows
  }
}
