import { addressBlock } from "../../domain/address.ts"

/** Who is behind a connection, as far as a server can tell. */
export interface Client {
  /** The address it comes from; for onion services the circuit. */
  readonly address: string
  /**
   * What ElectrumX charges together: the /24 or /48. Null where the real one
   * exempts: onion clients arrive from the server's own Tor, a private address.
   */
  readonly group: string | null
  /** It came to an onion name. */
  readonly onion: boolean
  /** It came through Tor: to an onion name, or from an exit. */
  readonly tor: boolean
}

/** A client on the clear net. */
export const clientAt = (address: string, tor = false): Client => ({
  address,
  group: addressBlock(address, 24, 48) ?? address,
  onion: false,
  tor
})

/** A client of an onion service. */
export const clientOnCircuit = (circuit: string): Client => ({
  address: `circuit ${circuit}`,
  group: null,
  onion: true,
  tor: true
})
