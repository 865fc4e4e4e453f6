import type { Effect, Scope } from "effect"
import { decodeBlockHeader } from "../../src/domain/block-header.ts"
import type { Chain } from "../../src/domain/chain.ts"
import type { LoopbackServer } from "./loopback-server.ts"
import { answering, type ClientRequest } from "./wire-server.ts"

/** An 80-byte header that belongs to a height of a branch and to nothing else. */
export const headerHex = (height: number, branch = 0): string => {
  const bytes = Buffer.alloc(80)
  bytes.writeInt32LE(1, 0)
  bytes.writeUInt32LE(height, 36)
  bytes.writeUInt32LE(branch, 40)
  bytes.writeUInt32LE(1_700_000_000 + height, 68)
  // A target that every hash meets.
  bytes.writeUInt32LE(0x2100ffff, 72)
  return bytes.toString("hex")
}

export const headerHash = (height: number, branch = 0): string => decodeBlockHeader(headerHex(height, branch))!.hash

/** A chain of test headers with one checkpoint. */
export const testChain: Chain = {
  name: "test-chain",
  title: "Test chain",
  simulated: true,
  genesis_hash: headerHash(0),
  default_ports: { tcp: 50001, tls: 50002, ws: 50003, wss: 50004 },
  checkpoints: [{ height: 100, block_hash: headerHash(100) }],
  irc: null,
  source: "test/support/electrum-server.ts"
}

export const peerEntry = (n: number): unknown => [
  `203.0.113.${n}`,
  `peer${n}.example.org`,
  ["v1.4.3", "s50002", "t50001"]
]

/** What a well-behaved server answers. */
export const honestResult = ({ method, params }: Pick<ClientRequest, "method" | "params">): unknown => {
  switch (method) {
    case "server.version":
      return ["Tested 1.0", "1.6"]
    case "server.banner":
      return "Welcome"
    case "server.donation_address":
      return "bc1qtest"
    case "blockchain.headers.subscribe":
      return { hex: headerHex(120), height: 120 }
    case "blockchain.block.header":
      return headerHex(Number(params[0]))
    case "server.peers.subscribe":
      return [peerEntry(1), peerEntry(2), peerEntry(3)]
    case "server.ping":
      return null
    case "server.features":
      return { hosts: { "tested.example.org": { tcp_port: 50001, ssl_port: 50002 } }, server_version: "Tested 1.0" }
    case "blockchain.estimatefee":
    case "blockchain.relayfee":
      return 0.00001
    case "mempool.get_fee_histogram":
      return [[12, 30100]]
    case "mempool.get_info":
      return { mempoolminfee: 0.00001, minrelaytxfee: 0.00001, incrementalrelayfee: 0.00001 }
    case "blockchain.scripthash.get_balance":
      return { confirmed: 0, unconfirmed: 0 }
    case "blockchain.scripthash.get_history":
      return []
    default:
      throw new Error(`a visit must not ask ${method}`)
  }
}

/** `{"jsonrpc":"2.0","result":…,"id":…}` and LF. */
export const resultLine = (id: number, result: unknown): string => `${JSON.stringify({ jsonrpc: "2.0", result, id })}\n`

export const errorLine = (id: number, code: number, message: string): string =>
  `${JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id })}\n`

/** Answers one request honestly. */
export const answerHonestly = (request: ClientRequest): void => {
  request.socket.write(resultLine(request.id, honestResult(request)))
}

/** A server that is honest except for the methods given, which do as they like. */
export const electrumServer = (
  odd: Readonly<Record<string, (request: ClientRequest) => void>> = {},
  options?: { readonly tls?: boolean }
): Effect.Effect<LoopbackServer, never, Scope.Scope> =>
  answering((request) => (odd[request.method] ?? answerHonestly)(request), options)
