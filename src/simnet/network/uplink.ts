import type { SeededRandom } from "../draw/random.ts"
import { type Client, clientAt, clientOnCircuit } from "../model/client.ts"
import type { NetworkSpec } from "../scenario/network-spec.ts"
import { roundTripBetween } from "./distance.ts"

/** Where clients come from whose scenario names no vantage; nobody's address (RFC 5737). */
const defaultVantage = { name: "default", address: "198.51.100.7" } as const

/** Tor exits, as clearnet servers see them: nobody's addresses (RFC 5737), one /24. */
const exitAddress = (random: SeededRandom): string => `203.0.113.${random.integer(1, 254)}`

/** Our own way into the simulated internet: from where we look, how far things are, whether the line is up. */
export class Uplink {
  readonly #network: NetworkSpec
  readonly #random: SeededRandom
  readonly #countries: ReadonlyMap<string, string | null>
  /** Nothing can be reached: our fault. */
  down = false

  constructor(network: NetworkSpec | undefined, random: SeededRandom) {
    this.#network = network ?? { vantages: [defaultVantage] }
    this.#random = random.fork("uplink")
    this.#countries = new Map(this.#network.vantages.map(({ address, country }) => [address, country ?? null]))
  }

  /**
   * Who a server sees. SOCKS credentials choose: for onions they name the
   * circuit, as with Tor; elsewhere the user name of a vantage looks from there,
   * `exit` from a Tor exit, another one for every password.
   */
  client(onion: boolean, user: string, password: string): Client {
    const circuit = `${user}:${password}`
    if (onion) return clientOnCircuit(circuit)
    if (user === "exit") return clientAt(exitAddress(this.#random.fork(`exit/${circuit}`)), true)
    const { vantages } = this.#network
    return clientAt((vantages.find((vantage) => vantage.name === user) ?? vantages[0]!).address)
  }

  /** What the way adds to a server's own round trip, in milliseconds. */
  extraMs(client: Client | null, country: string | null): number {
    const onion = this.#network.onion_ms
    if (client === null) return 0
    if (client.tor) return onion === undefined ? 0 : this.#random.fork(`circuit/${client.address}`).between(...onion)
    return roundTripBetween(this.#countries.get(client.address) ?? null, country)
  }
}
