import { addressOfScript } from "../bitcoin/address.ts"
import { outputScript } from "../bitcoin/script.ts"
import { chainDefinitions } from "../chain/chain-definitions.ts"
import type { SeededRandom } from "../draw/random.ts"

/** A pay-to-witness-key-hash address of a key nobody has, as on mainnet. */
export const donationAddress = (random: SeededRandom): string =>
  addressOfScript(outputScript("P2WPKH", random.bytes(20)), chainDefinitions["mainnet-sim"].addresses)!
