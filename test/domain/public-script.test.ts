import { createECDH, createHash, createHmac, pbkdf2Sync } from "node:crypto"
import { describe, expect, it } from "vitest"
import { derivedScripts, furtherScriptsOf, publicScriptsOf, shippedPublicScripts } from "../../src/domain/public-script.ts"
import { addressOfScript, scriptOfAddress } from "../../src/simnet/bitcoin/address.ts"
import { decodeTransaction } from "../../src/simnet/bitcoin/decoded-transaction.ts"
import { doubleSha256, shownHash } from "../../src/simnet/bitcoin/hash.ts"
import { readScript } from "../../src/simnet/bitcoin/script.ts"
import { publicHistories } from "../../src/simnet/chain/public-histories.ts"
import transactions from "../fixtures/mainnet-transactions.json" with { type: "json" }

const main = { hrp: "bc", p2pkh: 0, p2sh: 5 }
const styles = new Map([["mainnet", main], ["mainnet-sim", main], ["testnet-sim", { hrp: "tb", p2pkh: 111, p2sh: 196 }]])

describe("public scripts", () => {
  it.each(["mainnet-sim", "testnet-sim"] as const)("of %s are what the simulated chain has, one of each form and all others for deep visits", (chain) => {
    const histories = publicHistories(chain)
    const scripts = publicScriptsOf(chain)
    const further = furtherScriptsOf(chain)
    expect(scripts.map(({ form }) => form)).toEqual(["P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"])
    expect([...scripts, ...further].map(({ name }) => name).toSorted()).toEqual(histories.map(({ name }) => name).toSorted())
    for (const { complete, source, ...known } of [...scripts, ...further]) {
      const { scripthash: _, ...truth } = histories.find(({ name }) => name === known.name)!
      expect({ ...known, complete, source }).toEqual({ ...truth, complete: true, source: "simulation" })
    }
  })

  it.each(shippedPublicScripts)("of $chain are written down rightly: address, form, order and source", ({ chain, further = [], scripts, sources }) => {
    const style = styles.get(chain)!
    for (const { address, balance, below, complete, entries, form, script, source } of [...scripts, ...further]) {
      expect(readScript(script)?.form).toBe(form)
      expect(addressOfScript(script, style)).toBe(address)
      expect(sources.map(({ id }) => id)).toContain(source)
      const heights = entries.map(({ height }) => height)
      expect(heights).toEqual(heights.toSorted((a, b) => a - b))
      expect(new Set(entries.map(({ txid }) => txid)).size).toBe(entries.length)
      expect(heights[0]).toBeGreaterThan(0)
      expect(heights.at(-1)).toBeLessThan(below)
      // What may lack entries cannot know a balance.
      if (!complete) expect(balance).toBeNull()
    }
    const forms = scripts.map(({ form }) => form)
    expect(new Set(forms).size).toBe(forms.length)
  })

  it("of mainnet are what transactions pay whose hashes are the entries", () => {
    const style = styles.get("mainnet")!
    for (const { address, entries, script } of publicScriptsOf("mainnet")) {
      for (const { height, txid } of entries) {
        const { raw, ...known } = transactions.find((transaction) => transaction.txid === txid)!
        expect(shownHash(doubleSha256(Buffer.from(raw, "hex")))).toBe(txid)
        expect(known.height).toBe(height)
        const paid = decodeTransaction(raw)!.outputs.map((output) => output.script.toString("hex"))
        expect(paid).toContain(script)
        expect(scriptOfAddress(address, style)).toBe(script)
      }
    }
    // Nobody looked whether there are others: a balance, or an entry more, is nothing to hold against a server.
    expect(publicScriptsOf("mainnet").map(({ balance, complete, form }) => [form, complete, balance])).toEqual(
      ["P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"].map((form) => [form, false, null])
    )
  })

  it("are none where nothing is known", () => {
    expect(publicScriptsOf("testnet4")).toEqual([])
  })
})

/** Order of the group of secp256k1 (SEC 2). */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

interface ExtendedKey {
  readonly key: bigint
  readonly chainCode: Buffer
}

const bytesOf = (key: bigint): Buffer => Buffer.from(key.toString(16).padStart(64, "0"), "hex")

const publicKeyOf = (key: bigint): Buffer => {
  const curve = createECDH("secp256k1")
  curve.setPrivateKey(bytesOf(key))
  return curve.getPublicKey(null, "compressed")
}

const hmac = (key: string | Buffer, data: Buffer): Buffer => createHmac("sha512", key).update(data).digest()

/** BIP 32: a child of a private key. */
const child = ({ chainCode, key }: ExtendedKey, index: number, hardened = false): ExtendedKey => {
  const place = Buffer.alloc(4)
  place.writeUInt32BE(hardened ? index + 0x80000000 : index)
  const digest = hmac(chainCode, Buffer.concat([hardened ? Buffer.concat([Buffer.of(0), bytesOf(key)]) : publicKeyOf(key), place]))
  return { key: (BigInt(`0x${digest.toString("hex", 0, 32)}`) + key) % order, chainCode: digest.subarray(32) }
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

/** The chain code and public key in an extended public key, whatever its version bytes. */
const readExtended = (text: string): { readonly chainCode: string; readonly publicKey: string } => {
  let number = 0n
  for (const character of text) number = number * 58n + BigInt(base58.indexOf(character))
  const hex = number.toString(16).padStart(164, "0")
  return { chainCode: hex.slice(26, 90), publicKey: hex.slice(90, 156) }
}

const witnessScriptOf = ({ key }: ExtendedKey): string => {
  const digest = createHash("sha256").update(publicKeyOf(key)).digest()
  return `0014${createHash("ripemd160").update(digest).digest("hex")}`
}

describe("derived scripts", () => {
  // BIP 39 and BIP 84, test vectors.
  const seed = pbkdf2Sync(`${"abandon ".repeat(11)}about`, "mnemonic", 2048, 64, "sha512")
  const master = hmac("Bitcoin seed", seed)
  const root: ExtendedKey = { key: BigInt(`0x${master.toString("hex", 0, 32)}`), chainCode: master.subarray(32) }
  const account = [84, 0, 0].reduce((parent, index) => child(parent, index, true), root)
  const at = (path: string): ExtendedKey => path.split("/").reduce((parent, index) => child(parent, Number(index)), account)

  it("are those of the published wallet of BIP 84, which this derivation reads rightly", () => {
    const { chainCode, publicKey } = readExtended(derivedScripts.extended_public_key)
    expect(chainCode).toBe(account.chainCode.toString("hex"))
    expect(publicKey).toBe(publicKeyOf(account.key).toString("hex"))
    expect(witnessScriptOf(at("0/0"))).toBe(scriptOfAddress("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", main))
    expect(witnessScriptOf(at("1/0"))).toBe(scriptOfAddress("bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el", main))
    for (const { path, script } of derivedScripts.scripts) expect(witnessScriptOf(at(path))).toBe(script)
  })

  it("follow each other as a wallet asks for them", () => {
    const places = derivedScripts.scripts.map(({ path }) => Number(path.replace("0/", "")))
    expect(places).toEqual(places.map((_, i) => places[0]! + i))
  })
})
