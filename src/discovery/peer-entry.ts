import type { Advertisement } from "../domain/advertisement.ts"
import { KnownByNumber, type Tallied, tallied } from "../domain/tallied.ts"
import { jsonText, maxRawLength } from "./bounded-text.ts"
import { advertisementOf, type ClaimRules, malformed, strangersRules } from "./claim.ts"
import { type DefaultPorts, readFeatureTokens } from "./feature-tokens.ts"

const readEntry = (raw: string, value: unknown, defaults: DefaultPorts, rules: ClaimRules): Advertisement => {
  if (raw.length > maxRawLength) return malformed(raw, "too long")
  // "null" is also the text of what has none, e.g. nesting beyond the stack.
  if (!Array.isArray(value) || raw === "null") return malformed(raw, "not a list")
  if (value.length !== 3) return malformed(raw, "wrong length", [`${value.length} elements, expected 3`])
  const [address, host, features] = value as ReadonlyArray<unknown>
  if (typeof address !== "string" || typeof host !== "string" || !Array.isArray(features)) {
    return malformed(raw, "wrong types")
  }
  return advertisementOf({ raw, host, address, ...readFeatureTokens(features, defaults) }, rules)
}

/**
 * Read one element of a `server.peers.subscribe` reply:
 * `[ip_or_host, hostname, [features…]]`. Total: any JSON value gives an
 * advertisement, a malformed one with its `problem`; `raw` is its JSON text.
 *
 * Source: Electrum protocol, `server.peers.subscribe`.
 */
export const parsePeerEntry = (
  value: unknown,
  defaults: DefaultPorts,
  rules: ClaimRules = strangersRules
): Advertisement => readEntry(jsonText(value), value, defaults, rules)

/**
 * Reads peer entries, each distinct text once: a crawl sees every entry in the
 * lists of hundreds of servers. Entries of one text are one object.
 */
export class PeerGrammar {
  readonly #known = new Map<string, Advertisement>()
  /** Of catalogues of values, which sessions share: what was read, at the same numbers. */
  readonly #catalogues = new KnownByNumber<unknown, Advertisement>()
  readonly #defaults: DefaultPorts
  readonly #rules: ClaimRules
  readonly #limit: number

  /**
   * @param defaults the chain's default ports, for bare letters
   * @param options `allowPrivate`: private hosts keep their services; `simulated`: so do addresses that nobody owns; `limit`: texts remembered, oldest forgotten first
   */
  constructor(
    defaults: DefaultPorts,
    options?: { readonly allowPrivate?: boolean; readonly simulated?: boolean; readonly limit?: number }
  ) {
    this.#defaults = defaults
    this.#rules = {
      localNames: false,
      allowPrivate: options?.allowPrivate ?? false,
      simulated: options?.simulated ?? false
    }
    this.#limit = options?.limit ?? 50_000
  }

  /**
   * The advertisement of one element, which must not be changed afterwards; never
   * throws. `octets`: its bytes where they are no UTF-8, so that the value has
   * replacement characters.
   */
  parse(value: unknown, octets?: Uint8Array): Advertisement {
    const raw = jsonText(value)
    // Replacement characters stand for different bytes; no JSON text has a NUL.
    const key = octets === undefined ? raw : `${raw}\0${Buffer.from(octets).toString("latin1")}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const read = readEntry(raw, value, this.#defaults, this.#rules)
    const advertisement = octets === undefined ? read : { ...read, rawOctets: octets }
    // Texts beyond the bound differ after what is kept of them, and are cheap to read again.
    if (raw.length > maxRawLength) return advertisement
    if (this.#known.size >= this.#limit) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest)
        break
      }
    }
    this.#known.set(key, advertisement)
    return advertisement
  }

  /** The advertisements of a peer list; `octets` as `parse` has them, by the numbers of values. */
  parseList(list: Tallied<unknown>, octets: ReadonlyMap<number, Uint8Array> | null): Tallied<Advertisement> {
    const { catalogue, numbers, times } = list
    const read = octets === null ? this.#catalogues.of(list) : undefined
    if (read === undefined) {
      return { ...tallied(numbers.map((number) => this.parse(catalogue[number], octets?.get(number)))), times }
    }
    for (const number of numbers) read[number] ??= this.parse(catalogue[number])
    // What the list has been read by now.
    return { catalogue: read as ReadonlyArray<Advertisement>, numbers, times }
  }

  /** Distinct texts remembered now. */
  get size(): number {
    return this.#known.size
  }
}
