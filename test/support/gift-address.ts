import { addressOfScript } from "../../src/simnet/bitcoin/address.ts"
import { outputScript } from "../../src/simnet/bitcoin/script.ts"
import { chainDefinitions } from "../../src/simnet/chain/chain-definitions.ts"
import { sha256Hex } from "../../src/domain/sha256.ts"

/** An address that is payable in form and nobody's: of a key whose hash is that of a text. */
export const giftAddress = (of: string): string =>
  addressOfScript(outputScript("P2WPKH", Buffer.from(sha256Hex(of).slice(0, 40), "hex")), chainDefinitions["mainnet-sim"].addresses)!
