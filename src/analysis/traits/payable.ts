import { bech32Alphabet, bech32Checksum, bech32m, fromBase58 } from "../../domain/address-checksum.ts"

/** Version bytes of base58 addresses of Bitcoin and of its test chains (P2PKH, P2SH). */
const versions: ReadonlySet<number> = new Set([0x00, 0x05, 0x6f, 0xc4])

/** Of payment codes (BIP 47): a version byte and 80 bytes. */
const paymentCode = 0x47

const isBase58 = (text: string): boolean => {
  const address = fromBase58(text, 21)
  return address === undefined ? fromBase58(text, 81)?.[0] === paymentCode : versions.has(address[0]!)
}

/** Addresses of Bitcoin and its test chains (BIP 173, BIP 350), of silent payments (BIP 352), links to pay by Lightning (LUD-01). */
const bech32Forms = /^(bc|tb|bcrt|sp|tsp|lnurl)1([02-9ac-hj-np-z]{11,600})$/

const isBech32 = (text: string): boolean => {
  const form = bech32Forms.exec(text)
  if (form === null) return false
  const sum = bech32Checksum(form[1]!, Array.from(form[2]!, (character) => bech32Alphabet.indexOf(character)))
  return sum === 1 || sum === bech32m
}

/** A name that stands for instructions to pay and says so (BIP 353). Without the sign it may be anybody's for e-mail, a sample's too. */
const payName = /^₿[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}$/i

/**
 * Whether money can be sent to what a server calls its address for gifts. What
 * fails its checksum no wallet pays to, and "none" or a link is no address at all:
 * people who never heard of each other write that.
 *
 * @param text without scheme and parameters; of a form without case in lower case
 */
export const isPayable = (text: string): boolean => isBase58(text) || isBech32(text) || payName.test(text)
