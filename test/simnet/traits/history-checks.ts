import { createHash } from "node:crypto"
import { expect } from "vitest"
import { publicScripts } from "../../../src/simnet/chain/public-scripts.ts"
import { hello } from "../../support/plain-client.ts"
import type { RunningServer } from "../../support/start-server.ts"
import { dead, lineOf, resultOf, talk, type TraitChecks } from "../../support/trait-check.ts"

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()
const reversed = (bytes: Uint8Array): string => Buffer.from(bytes.toReversed()).toString("hex")

/** A script with a few payments. */
const { script } = publicScripts("mainnet-sim").find(({ payments }) => payments.length > 4)!
const scripthash = reversed(sha256(Buffer.from(script, "hex")))

interface Entry {
  readonly tx_hash: string
  readonly height: number
}

const about = (server: RunningServer, method: string): Promise<unknown> =>
  resultOf(server, `blockchain.scripthash.${method}`, [scripthash])

const history = async (server: RunningServer): Promise<ReadonlyArray<Entry>> =>
  (await about(server, "get_history")) as ReadonlyArray<Entry>

/** The root that a branch leads to. */
const rootOf = (txid: string, branch: ReadonlyArray<string>, position: number): string => {
  let hash: Uint8Array = Buffer.from(txid, "hex").toReversed()
  for (const [depth, other] of branch.entries()) {
    const sibling = Buffer.from(other, "hex").toReversed()
    hash = sha256(sha256(Buffer.concat((position >> depth) & 1 ? [sibling, hash] : [hash, sibling])))
  }
  return reversed(hash)
}

const proof = async (server: RunningServer) => {
  const [entry] = await history(server)
  return {
    entry: entry!,
    ...((await resultOf(server, "blockchain.transaction.get_merkle", [entry!.tx_hash, entry!.height])) as {
      readonly merkle: ReadonlyArray<string>
      readonly pos: number
    })
  }
}

export const historyChecks: TraitChecks = {
  "unsorted-history": async (server) => {
    const heights = (await history(server)).map((entry) => entry.height)
    expect(heights.length).toBeGreaterThan(3)
    expect(heights).toEqual(heights.toSorted((a, b) => b - a))
  },
  "repeated-history": async (server) => {
    const entries = (await history(server)).map((entry) => entry.tx_hash)
    expect(entries.length).toBe(2 * new Set(entries).size)
  },
  "invented-history": async (server) => {
    const last = (await history(server)).at(-1)!
    expect(await lineOf(server, "blockchain.transaction.get", [last.tx_hash])).toContain("error")
  },
  "absurd-heights": async (server) => {
    expect((await history(server)).map((entry) => entry.height)).toEqual(expect.arrayContaining([-5, 1e9, 1.5]))
  },
  "odd-history": async (server) => {
    expect(await history(server)).toContainEqual({ tx_hash: 7, height: "x" })
  },
  "endless-history": async (server) => {
    expect(await history(server)).toHaveLength(50_000)
  },
  "wrong-status": async (server) => {
    const text = (await history(server)).map((entry) => `${entry.tx_hash}:${entry.height}:`).join("")
    const status = await about(server, "subscribe")
    expect(status).toMatch(/^[0-9a-f]{64}$/)
    expect(status).not.toBe(sha256(Buffer.from(text)).toString("hex"))
  },
  "status-not-hex": async (server) => {
    expect(await about(server, "subscribe")).toContain("\u001b")
  },
  "wrong-balance": async (server) => {
    const outputs = (await about(server, "listunspent")) as ReadonlyArray<{ readonly value: number }>
    const { confirmed } = (await about(server, "get_balance")) as { readonly confirmed: number }
    expect(confirmed - outputs.reduce((sum, output) => sum + output.value, 0)).toBe(1e8)
  },
  "absurd-balance": async (server) => {
    expect(await about(server, "get_balance")).toMatchObject({ confirmed: 1e300 })
  },
  "wrong-values": async (server) => {
    const outputs = (await about(server, "listunspent")) as ReadonlyArray<{ readonly value: number }>
    const { confirmed } = (await about(server, "get_balance")) as { readonly confirmed: number }
    expect(outputs.length).toBeGreaterThan(0)
    expect(outputs.reduce((sum, output) => sum + output.value, 0) - confirmed).toBe(outputs.length)
  },
  "wrong-merkle": async (server) => {
    const { entry, merkle, pos } = await proof(server)
    const header = (await resultOf(server, "blockchain.block.header", [entry.height])) as string
    const root = reversed(Buffer.from(header.slice(72, 136), "hex"))
    expect(merkle.length).toBeGreaterThan(0)
    expect(rootOf(entry.tx_hash, merkle, pos)).not.toBe(root)
  },
  "endless-merkle": async (server) => {
    expect((await proof(server)).merkle).toHaveLength(10_000)
  },
  "wrong-transaction": async (server) => {
    const [entry] = await history(server)
    const hex = (await resultOf(server, "blockchain.transaction.get", [entry!.tx_hash])) as string
    expect(hex).toMatch(/^([0-9a-f]{2})+$/)
    expect(reversed(sha256(sha256(Buffer.from(hex, "hex"))))).not.toBe(entry!.tx_hash)
  },
  "phishing-broadcast": async (server) => {
    const client = await talk(
      server,
      `${hello}{"id":1,"method":"blockchain.transaction.broadcast","params":["00"]}\n`,
      (c) => c.lines().length === 2 || dead(c)
    )
    expect(JSON.parse(client.lines()[1]!)).toMatchObject({ result: expect.stringContaining("<h1>") as string })
  }
}
