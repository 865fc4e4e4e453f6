import type { AddressStyle } from "../bitcoin/address.ts"
import { type DecodedInput, decodeTransaction } from "../bitcoin/decoded-transaction.ts"
import { describeScript, scriptText } from "../bitcoin/script-description.ts"
import { Float, type Json } from "../model/dialect.ts"
import type { Backend } from "../world/backend.ts"

const bitcoin = (satoshi: number): Float => new Float(satoshi / 1e8)

const input = ({ txid, vout, script, sequence, witness }: DecodedInput): Json => {
  const txinwitness = witness.length === 0 ? {} : { txinwitness: witness.map((item) => item.toString("hex")) }
  return /^0+$/.test(txid)
    ? { coinbase: script.toString("hex"), ...txinwitness, sequence }
    : { txid, vout, scriptSig: { asm: scriptText(script, true), hex: script.toString("hex") }, ...txinwitness, sequence }
}

/** What bitcoind answers to `getrawtransaction` with its verbose flag, in its order; undefined when it knows none. */
export const verboseTransaction = (backend: Backend, style: AddressStyle, txid: string): Json | undefined => {
  const found = backend.transaction(txid)
  const decoded = found === undefined ? undefined : decodeTransaction(found.hex)
  if (found === undefined || decoded === undefined) return undefined
  const blockhash = found.height === 0 ? undefined : backend.hash(found.height)
  const time = blockhash === undefined ? 0 : Buffer.from(backend.header(found.height)!, "hex").readUInt32LE(68)
  return {
    txid: decoded.txid,
    hash: decoded.hash,
    version: decoded.version,
    size: decoded.size,
    vsize: Math.ceil(decoded.weight / 4),
    weight: decoded.weight,
    locktime: decoded.locktime,
    vin: decoded.inputs.map(input),
    vout: decoded.outputs.map(({ value, script }, n) => {
      const { asm, desc, hex, address, type } = describeScript(script, style)
      const scriptPubKey = { asm, desc, hex, ...(address === null ? {} : { address }), type }
      return { value: bitcoin(value), n, scriptPubKey }
    }),
    hex: found.hex,
    ...(blockhash === undefined
      ? {}
      : { blockhash, confirmations: backend.tipHeight - found.height + 1, time, blocktime: time })
  }
}
