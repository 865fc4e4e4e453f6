import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { RunningSimnet } from "../../src/simnet/simnet.ts"
import { blockHash, foldedProof, type MerkleProof, merkleRoot, previousHash, splitHeaders } from "../support/block-check.ts"
import { type RegistryClient, registryClient } from "../support/registry-client.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { addresses, entriesOf, scenarioFile, serverBalanceOf } from "./planted.ts"

/** What each server says of itself, and whom it lists: an ElectrumX itself too. */
const servers = [
  { name: "electrumx-1-16", software: "ElectrumX 1.16.0", protocolMaximum: "1.4.2", peers: 9, batches: true },
  { name: "electrumx-1-18", software: "ElectrumX 1.18.0", protocolMaximum: "1.4.3", peers: 9, batches: true },
  { name: "electrumx-1-20", software: "ElectrumX 1.20.0", protocolMaximum: "1.6.0", peers: 9, batches: true },
  { name: "electrumx-2-0", software: "ElectrumX 2.0b1", protocolMaximum: "1.6.0", peers: 9, batches: true },
  { name: "fulcrum-1-12", software: "Fulcrum 1.12.0", protocolMaximum: "1.5.3", peers: 8, batches: true },
  { name: "fulcrum-2-1", software: "Fulcrum 2.1.0", protocolMaximum: "1.6", peers: 8, batches: true },
  { name: "romanz", software: "electrs/0.11.1", protocolMaximum: "1.4", peers: 0, batches: true },
  { name: "blockstream", software: "electrs-esplora 0.4.1", protocolMaximum: "1.4", peers: 8, batches: false },
  // Built without discovery: neither peers nor features.
  { name: "mempool", software: "mempool-electrs 3.1.0-dev-5f2e1c3", protocolMaximum: null, peers: 0, batches: true }
] as const

const unused = "00".repeat(32)

let simnet: RunningSimnet
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ simnet, stop } = await runSimnet({ scenario: scenarioFile }))
})

afterAll(() => stop())

const withClient = async <A>(
  name: string,
  protocol: "tcp" | "tls",
  use: (client: RegistryClient, greeting: unknown) => Promise<A>
): Promise<A> => {
  const port = simnet.listeners.get(`${name}.test:${protocol === "tls" ? "50002:s" : "50001:t"}`)!
  const { client, greeting } = await registryClient(port, protocol)
  try {
    return await use(client, greeting)
  } finally {
    client.close()
  }
}

/** The transaction is there, and in its block where it has one. */
const prove = async (client: RegistryClient, txid: string, height: number): Promise<void> => {
  const [raw, header, proof] = await Promise.all([
    client.blockchainTransaction_get(txid),
    height === 0 ? null : client.request("blockchain.block.header", [height]),
    height === 0 ? null : client.request("blockchain.transaction.get_merkle", [txid, height])
  ])
  expect(raw).toMatch(/^0[12]000000([0-9a-f]{2}){50,}$/)
  if (header !== null) expect(foldedProof(txid, proof as MerkleProof)).toBe(merkleRoot(header as string))
}

describe("An Electrum client from the npm registry", () => {
  for (const { name, software, protocolMaximum, peers, batches } of servers) {
    for (const protocol of ["tcp", "tls"] as const) {
      it.concurrent(`reads software, banner, features and peers of ${software} over ${protocol}`, () =>
        withClient(name, protocol, async (client, greeting) => {
          expect(greeting).toEqual([software, "1.4"])
          const [banner, features, list, genesis] = await Promise.all([
            client.server_banner(),
            client.server_features().catch((error: unknown) => ({ error })),
            client.serverPeers_subscribe() as Promise<ReadonlyArray<ReadonlyArray<unknown>>>,
            client.request("blockchain.block.header", [0]) as Promise<string>
          ])
          expect(banner).toEqual(expect.stringMatching(/\S/))
          expect(features).toMatchObject(
            protocolMaximum === null
              ? { error: { code: 1 } }
              : {
                  server_version: software,
                  protocol_max: protocolMaximum,
                  genesis_hash: blockHash(genesis),
                  hash_function: "sha256"
                }
          )
          expect(list).toHaveLength(peers)
          const known = servers.map((server) => `${server.name}.test`)
          for (const [address, host, features] of list) {
            expect(address).toMatch(/^240\.[1-9]\.0\.1$/)
            expect(known).toContain(host)
            expect(features).toEqual(expect.arrayContaining(["s50002", "t50001"]))
          }
        }))
    }

    it.concurrent(`follows the headers of ${software} from its tip down to the first block`, () =>
      withClient(name, "tls", async (client) => {
        const tip = (await client.blockchainHeaders_subscribe()) as { readonly height: number; readonly hex: string }
        const headers: Array<string> = []
        while (headers.length <= tip.height) {
          const answer = (await client.request("blockchain.block.headers", [headers.length, 2016])) as {
            readonly count: number
            readonly hex: string
            readonly max: number
          }
          expect(answer.max).toBe(2016)
          expect(answer.count).toBe(Math.min(2016, tip.height + 1 - headers.length))
          expect(splitHeaders(answer.hex)).toHaveLength(answer.count)
          headers.push(...splitHeaders(answer.hex))
        }
        expect(headers.at(-1)).toBe(tip.hex)
        expect(headers.slice(1).map(previousHash)).toEqual(headers.slice(0, -1).map(blockHash))
      }))

    it.concurrent(`reads balances and histories of every form of script from ${software}, and proves them`, () =>
      withClient(name, "tls", async (client) => {
        const check = async ({ address, scripthash }: (typeof addresses)[keyof typeof addresses]): Promise<void> => {
          const [balance, history] = await Promise.all([
            client.blockchainScripthash_getBalance(scripthash),
            client.blockchainScripthash_getHistory(scripthash) as Promise<
              ReadonlyArray<{ readonly tx_hash: string; readonly height: number }>
            >
          ])
          expect(balance).toEqual(serverBalanceOf([address]))
          expect(history.map(({ height }) => height)).toEqual(entriesOf([address]).map(({ height }) => height))
          await Promise.all(history.map(({ tx_hash, height }) => prove(client, tx_hash, height)))
        }
        await Promise.all(Object.values(addresses).map(check))
      }))

    it.concurrent(`finds nothing on ${software} for a script that nobody ever used`, () =>
      withClient(name, "tcp", async (client) => {
        expect(await client.blockchainScripthash_getBalance(unused)).toEqual({ confirmed: 0, unconfirmed: 0 })
        expect(await client.blockchainScripthash_getHistory(unused)).toEqual([])
      }))

    it.concurrent(`${batches ? "asks several things at once of" : "is hung up on when it asks several things at once of"} ${software}`, () =>
      withClient(name, "tcp", async (client) => {
        const answer = client.blockchainScripthash_getBalanceBatch([unused, "11".repeat(32)])
        if (!batches) return await expect(answer).rejects.toThrow("close connect")
        const nothing = { confirmed: 0, unconfirmed: 0 }
        expect(await answer).toEqual([
          expect.objectContaining({ result: nothing, param: unused }),
          expect.objectContaining({ result: nothing, param: "11".repeat(32) })
        ])
      }))
  }
})
