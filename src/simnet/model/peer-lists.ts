import { addressBlock } from "../../domain/address.ts"
import type { SeededRandom } from "../draw/random.ts"
import { type Dialect, print } from "./dialect.ts"

/** An identity that peer lists name: an address, a host and the feature strings it is announced with. */
export class Announcement {
  #address: string
  readonly host: string
  /** Feature strings such as [`v1.4.3`, `s50002`, `t50001`]; more than one where lists differ. */
  #variants: ReadonlyArray<ReadonlyArray<string>>
  /** Whether those who list it found it reachable of late. */
  listed = true
  readonly onion: boolean
  /** The /16 (IPv4) or /56 (IPv6) that ElectrumX limits to two. */
  readonly bucket: string
  readonly #texts = new Map<Dialect, Map<string, string>>()

  constructor(address: string, host: string, variants: ReadonlyArray<ReadonlyArray<string>>) {
    this.#address = address
    this.host = host
    this.#variants = variants
    this.onion = host.endsWith(".onion")
    this.bucket = addressBlock(address, 16, 56) ?? `name ${host}`
  }

  /** As the first element of an entry: the address, or the host again where there is none. */
  get address(): string {
    return this.#address
  }

  set address(address: string) {
    this.#address = address
    this.#texts.clear()
  }

  /** It announces another protocol maximum from now on. */
  announceVersion(version: string): void {
    this.#variants = this.#variants.map((features) => features.map((f) => (f.startsWith("v") ? `v${version}` : f)))
    this.#texts.clear()
  }

  features(variant: number, normalised: boolean): ReadonlyArray<string> {
    const features = this.#variants[variant]!
    return normalised
      ? features.map((feature) => (feature.startsWith("v") ? normalisedVersion(feature) : feature))
      : features
  }

  /** The entry as JSON text; kept, because many lists repeat it. */
  text(variant: number, normalised: boolean, dialect: Dialect): string {
    const texts = this.#texts.get(dialect) ?? new Map<string, string>()
    this.#texts.set(dialect, texts)
    const key = `${variant} ${normalised}`
    const text = texts.get(key) ?? print([this.#address, this.host, [...this.features(variant, normalised)]], dialect)
    texts.set(key, text)
    return text
  }
}

/** Fulcrum drops zero revisions: `v1.6.0` is told as `v1.6`, `v1.4.0` as `v1.4`. */
export const normalisedVersion = (text: string): string => text.replace(/^(v[0-9]+\.[0-9]+)\.0$/, "$1")

/** One entry of a list: which identity, announced with which of its variants. */
export interface PeerChoice {
  readonly announcement: Announcement
  readonly variant: number
}

/** What a server answers to `server.peers.subscribe`. */
export interface PeerSource {
  /** The same list at every call. */
  readonly fixed: boolean
  readonly empty: boolean
  /** `byTor`: for somebody who comes by the server's own Tor. */
  readonly draw: (random: SeededRandom, byTor?: boolean) => ReadonlyArray<PeerChoice>
}

/** The list as JSON text; `normalised`: in Fulcrum's spelling of versions. */
export const printPeers = (choices: ReadonlyArray<PeerChoice>, normalised: boolean, dialect: Dialect): string =>
  `[${choices.map((c) => c.announcement.text(c.variant, normalised, dialect)).join(dialect.item)}]`

/** A list that is the same at every call. */
export const fixedPeers = (choices: ReadonlyArray<PeerChoice>): PeerSource => ({
  fixed: true,
  empty: choices.length === 0,
  draw: () => choices
})

/** A list of peers that come, go and change: only those are on it that were reachable of late. */
export const changingPeers = (source: PeerSource): PeerSource => ({
  ...source,
  fixed: false,
  draw: (random, byTor) => source.draw(random, byTor).filter((choice) => choice.announcement.listed)
})

/** A list with nobody on it. */
export const noPeers: PeerSource = fixedPeers([])

/**
 * ElectrumX's rule: at most two random peers of each /16 or /56, and onions up
 * to the larger of ten and a quarter of the clearnet ones, or up to 50 for who
 * comes by Tor; another draw at every call, in random order.
 */
export const subsetPeers = (known: ReadonlyArray<PeerChoice>): PeerSource => {
  const buckets = Map.groupBy(
    known.filter((c) => !c.announcement.onion),
    (c) => c.announcement.bucket
  )
  const onions = known.filter((c) => c.announcement.onion)
  return {
    fixed: false,
    empty: known.length === 0,
    draw: (random, byTor) => {
      const clearnet = [...buckets.values()].flatMap((bucket) =>
        bucket.length <= 2 ? bucket : random.shuffled(bucket).slice(0, 2)
      )
      const limit = byTor === true ? 50 : Math.max(10, Math.floor(clearnet.length / 4))
      return random.shuffled([...clearnet, ...random.shuffled(onions).slice(0, limit)])
    }
  }
}
