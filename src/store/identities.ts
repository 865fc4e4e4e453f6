import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect } from "effect"
import type { Advertisement, AdvertisedService, Source } from "../domain/advertisement.ts"
import type { Transport } from "../domain/endpoint.ts"
import { KnownByNumber, type Tallied } from "../domain/tallied.ts"
import { run } from "./duckdb.ts"
import { lastCrawl, lastSequence, lastSnapshot, lastVisit } from "./last-numbers.ts"
import type { StoreError } from "./store-error.ts"

/** What tells one reading of an announcement's text from another. */
interface KnownAdvertisement {
  readonly id: number
  readonly problem: string | null
  readonly services: ReadonlyArray<AdvertisedService>
  /** Another reading of the same text, e.g. from when private addresses were allowed. */
  readonly next: KnownAdvertisement | undefined
}

export interface CrawlIdentity {
  readonly network: string
  readonly vantage: string
}

const letters: Readonly<Record<Transport, string>> = { tcp: "t", tls: "s", ws: "w", wss: "x" }
const transports: Readonly<Record<string, Transport>> = { t: "tcp", s: "tls", w: "ws", x: "wss" }

/** Services as the `services` column has them, e.g. `s50002 t50001`. */
export const servicesText = (services: ReadonlyArray<AdvertisedService>): string =>
  services.map(({ port, transport }) => `${letters[transport]}${port}`).join(" ")

const servicesOfText = (text: string): ReadonlyArray<AdvertisedService> =>
  text === "" ? [] : text.split(" ").map((s) => ({ transport: transports[s[0]!]!, port: Number(s.slice(1)) }))

const sameReading = (known: KnownAdvertisement, { problem, services }: Advertisement): boolean => {
  if (known.problem !== problem || known.services.length !== services.length) return false
  for (let i = 0; i < services.length; i++) {
    const [a, b] = [known.services[i]!, services[i]!]
    if (a.port !== b.port || a.transport !== b.transport) return false
  }
  return true
}

/** What an announcement is known by; no JSON text has a NUL, nor has a line of a list. */
const textKey = (raw: string, octets: Uint8Array | undefined): string =>
  octets === undefined ? raw : `${raw}\0${Buffer.from(octets).toString("hex")}`

/** The advertisements of one network. */
class KnownAdvertisements {
  readonly #byText = new Map<string, KnownAdvertisement>()
  /** Of catalogues of many lists, the identifiers. */
  readonly #catalogues = new KnownByNumber<Advertisement, number>()

  /** The identifiers of a list's advertisements; `add` gives one to what is new. */
  idsOf(list: Tallied<Advertisement>, add: (advertisement: Advertisement) => number): Array<number> {
    const { catalogue, numbers } = list
    const known = this.#catalogues.of(list)
    const idOf = (number: number): number => this.#find(catalogue[number]!) ?? add(catalogue[number]!)
    return numbers.map(known === undefined ? idOf : (number) => known[number] ??= idOf(number))
  }

  #find(advertisement: Advertisement): number | undefined {
    let candidate = this.#byText.get(textKey(advertisement.raw, advertisement.rawOctets))
    while (candidate !== undefined && !sameReading(candidate, advertisement)) candidate = candidate.next
    return candidate?.id
  }

  /** Another reading of a text; `key` as `textKey` has it. */
  learn(key: string, reading: Omit<KnownAdvertisement, "next">): void {
    this.#byText.set(key, { ...reading, next: this.#byText.get(key) })
  }
}

const sourceKey = ({ detail, kind, name }: Source): string => JSON.stringify([kind, name, detail])

/**
 * Which row stands for what. The writer is the only one who adds rows, so it
 * gives out all identifiers itself; the maps hold everything ever stored.
 */
export class Identities {
  readonly endpoints = new Map<string, number>()
  readonly crawls = new Map<number, CrawlIdentity>()
  readonly certificates = new Set<string>()
  readonly chainCertificates = new Set<string>()
  readonly #sources = new Map<string, number>()
  readonly #advertisements = new Map<string, KnownAdvertisements>()
  #crawl = 0
  #visit = 0
  #snapshot = 0
  #sequence = 0
  #endpoint = 0
  #source = 0
  #advertisement = 0

  nextCrawl(identity: CrawlIdentity): number {
    this.crawls.set(++this.#crawl, identity)
    return this.#crawl
  }

  nextVisit(): number {
    return ++this.#visit
  }

  nextSnapshot(): number {
    return ++this.#snapshot
  }

  nextSequence(): bigint {
    return BigInt(++this.#sequence)
  }

  /** The identifier of an endpoint key, `isNew` when it was given out just now. */
  endpoint(key: string): { readonly id: number; readonly isNew: boolean } {
    const id = this.endpoints.get(key)
    if (id !== undefined) return { id, isNew: false }
    this.endpoints.set(key, ++this.#endpoint)
    return { id: this.#endpoint, isNew: true }
  }

  source(source: Source): { readonly id: number; readonly isNew: boolean } {
    const key = sourceKey(source)
    const id = this.#sources.get(key)
    if (id !== undefined) return { id, isNew: false }
    this.#sources.set(key, ++this.#source)
    return { id: this.#source, isNew: true }
  }

  /** All advertisements known for a network. */
  advertisementsOf(network: string): KnownAdvertisements {
    let known = this.#advertisements.get(network)
    if (known === undefined) this.#advertisements.set(network, known = new KnownAdvertisements())
    return known
  }

  newAdvertisement(network: string, { problem, raw, rawOctets, services }: Advertisement): number {
    const id = ++this.#advertisement
    this.advertisementsOf(network).learn(textKey(raw, rawOctets), { id, problem, services })
    return id
  }

  /** All identities of a database. */
  static load = Effect.fnUntraced(function*(
    connection: DuckDBConnection
  ): Effect.fn.Return<Identities, StoreError> {
    const identities = new Identities()
    const read = (sql: string) =>
      Effect.map(run(connection, "cannot open", "Cannot read the known identities", sql), (r) => r.getRows())
    for (const [id, network, vantage] of yield* read("SELECT crawl_id, network, vantage FROM crawl")) {
      identities.crawls.set(Number(id), { network: String(network), vantage: String(vantage) })
    }
    for (const [id, key] of yield* read("SELECT endpoint_id, endpoint_key FROM endpoint")) {
      identities.endpoints.set(String(key), Number(id))
      identities.#endpoint = Math.max(identities.#endpoint, Number(id))
    }
    for (const [id, kind, name, detail] of yield* read("SELECT source_id, kind, name, detail FROM source")) {
      identities.#sources.set(JSON.stringify([kind, name, detail]), Number(id))
      identities.#source = Math.max(identities.#source, Number(id))
    }
    const advertisements = yield* read(
      "SELECT advertisement_id, network, raw || coalesce(chr(0) || lower(hex(raw_octets)), ''), problem, services FROM advertisement"
    )
    for (const [id, network, key, problem, services] of advertisements) {
      identities.advertisementsOf(String(network)).learn(String(key), {
        id: Number(id),
        problem: problem === null ? null : String(problem),
        services: servicesOfText(String(services))
      })
      identities.#advertisement = Math.max(identities.#advertisement, Number(id))
    }
    for (const [sha256] of yield* read("SELECT sha256 FROM certificate")) identities.certificates.add(String(sha256))
    for (const [sha256] of yield* read("SELECT sha256 FROM chain_certificate")) identities.chainCertificates.add(String(sha256))
    const [counters] = yield* read(`SELECT ${lastVisit}, ${lastSequence}, ${lastSnapshot}, ${lastCrawl}`)
    identities.#visit = Number(counters![0])
    identities.#sequence = Number(counters![1])
    identities.#snapshot = Number(counters![2])
    identities.#crawl = Number(counters![3])
    return identities
  })
}
