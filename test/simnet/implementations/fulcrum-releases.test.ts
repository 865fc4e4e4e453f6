import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { allOf, call, checkReleases, fromRelease, type ReleaseRow } from "../../support/release-table.ts"
import { ScriptedNode, transaction, unconfirmed } from "../../support/scripted-node.ts"

const node = new ScriptedNode()
const { txid, scripthash } = transaction
const coinbase = node.blockTxids(7)![0]!

const sorted = (json: string): string => `{"id":1,"jsonrpc":"2.0","result":${json}}`
const refused = (code: number, message: string): string =>
  `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":1,"jsonrpc":"2.0"}`
const unsupported = (method: string): string => refused(-32601, `Unsupported request: ${method}`)

const releases = ["Fulcrum 1.0.5", "Fulcrum 1.3.2", "Fulcrum 1.5.4", "Fulcrum 1.8.2", "Fulcrum 1.9.1", "Fulcrum 1.9.8", "Fulcrum 1.12.0", "Fulcrum 2.0.0"] as const
type FulcrumRelease = (typeof releases)[number]

const from = (first: FulcrumRelease, before: string, after: string) => fromRelease(releases, first, before, after)

/** Unsupported in releases before the first that has it. */
const since = (first: FulcrumRelease, method: string, answer: string) => from(first, unsupported(method), answer)

const garbage = "x".repeat(20)

/** From source, not executed: which release has which methods and manners. */
const table: ReadonlyArray<ReleaseRow<FulcrumRelease>> = [
  [
    "the highest protocol",
    call("server.version", ["x", ["1.4", "99.9"]]),
    Object.fromEntries(
      releases.map((release, i) => [
        release,
        sorted(`["${release}","${["1.4.3", "1.4.4", "1.4.5", "1.4.5", "1.5", "1.5.2", "1.5.3", "1.5.3"][i]}"]`)
      ])
    ) as Record<FulcrumRelease, string>
  ],
  [
    "a parameter too many in the handshake",
    call("server.version", ["x", "1.4", "extra", {}]),
    allOf(releases, refused(-32602, "Expected at most 2 parameters for server.version, got 4 instead"))
  ],
  ["the donation address nobody set", call("server.donation_address"), allOf(releases, sorted('"1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N"'))],
  ["mempool.get_info", call("mempool.get_info"), allOf(releases, unsupported("mempool.get_info"))],
  [
    "an estimate mode",
    call("blockchain.estimatefee", [2, "economical"]),
    allOf(releases, refused(-32602, "Expected at most 1 parameter for blockchain.estimatefee, got 2 instead"))
  ],
  [
    "the tip",
    call("blockchain.headers.get_tip"),
    since("Fulcrum 1.9.1", "blockchain.headers.get_tip", sorted(`{"height":10,"hex":"${node.header(10)}"}`))
  ],
  [
    "no longer the tip",
    call("blockchain.headers.unsubscribe"),
    since("Fulcrum 1.9.1", "blockchain.headers.unsubscribe", sorted("false"))
  ],
  [
    "a header by its hash",
    call("blockchain.header.get", [node.hash(3)!]),
    since("Fulcrum 1.9.8", "blockchain.header.get", sorted(`{"height":3,"hex":"${node.header(3)}"}`))
  ],
  [
    "a transaction's height",
    call("blockchain.transaction.get_height", [txid]),
    since("Fulcrum 1.5.4", "blockchain.transaction.get_height", sorted("7"))
  ],
  [
    "a transaction's block",
    call("blockchain.transaction.get_confirmed_blockhash", [txid]),
    since(
      "Fulcrum 1.9.8",
      "blockchain.transaction.get_confirmed_blockhash",
      sorted(`{"block_hash":"${node.hash(7)}","block_height":7}`)
    )
  ],
  [
    "a proof without a height",
    call("blockchain.transaction.get_merkle", [txid]),
    from(
      "Fulcrum 1.5.4",
      refused(-32602, "Expected at least 2 parameters for blockchain.transaction.get_merkle, got 1 instead"),
      sorted(`{"block_height":7,"merkle":["${coinbase}"],"pos":1}`)
    )
  ],
  [
    "an output",
    call("blockchain.utxo.get_info", [txid, 0]),
    since(
      "Fulcrum 1.3.2",
      "blockchain.utxo.get_info",
      sorted(`{"confirmed_height":7,"scripthash":"${scripthash}","value":11110844}`)
    )
  ],
  [
    "double spend proofs",
    call("blockchain.transaction.dsproof.list"),
    since("Fulcrum 1.5.4", "blockchain.transaction.dsproof.list", refused(-32601, "This server lacks dsproof support"))
  ],
  [
    "reusable addresses",
    call("blockchain.rpa.get_mempool", ["ab"]),
    since("Fulcrum 1.12.0", "blockchain.rpa.get_mempool", refused(-32601, "RPA support is disabled on this server"))
  ],
  [
    "addresses",
    call("blockchain.address.get_balance", ["x"]),
    since(
      "Fulcrum 1.3.2",
      "blockchain.address.get_balance",
      refused(-32601, "blockchain.address.* methods are only available on BCH")
    )
  ],
  [
    "the first use of a script",
    call("blockchain.scripthash.get_first_use", [scripthash]),
    since(
      "Fulcrum 1.9.8",
      "blockchain.scripthash.get_first_use",
      sorted(`{"block_hash":"${node.hash(7)}","block_height":7,"height":7,"tx_hash":"${txid}"}`)
    )
  ],
  [
    "a part of a history",
    call("blockchain.scripthash.get_history", [scripthash, 1, 8]),
    from(
      "Fulcrum 1.9.8",
      refused(-32602, "Expected at most 1 parameter for blockchain.scripthash.get_history, got 3 instead"),
      sorted(`[{"height":7,"tx_hash":"${txid}"}]`)
    )
  ],
  [
    "what is unconfirmed",
    call("blockchain.scripthash.get_mempool", [scripthash]),
    allOf(
      releases,
      sorted(`[${unconfirmed.map(({ txid, height, fee }) => `{"fee":${fee},"height":${height},"tx_hash":"${txid}"}`).join(",")}]`)
    )
  ],
  [
    "a hash that goes on",
    call("blockchain.scripthash.get_balance", [`${scripthash}ab`]),
    allOf(releases, sorted('{"confirmed":11110844,"unconfirmed":-5000}'))
  ],
  [
    "a filter of tokens",
    call("blockchain.scripthash.get_balance", [scripthash, "tokens_only"]),
    from(
      "Fulcrum 1.9.1",
      refused(-32602, "Expected at most 1 parameter for blockchain.scripthash.get_balance, got 2 instead"),
      refused(-32602, "The token filtering option is only available on BCH")
    )
  ],
  [
    "daemon.passthrough without parameters",
    '{"id":1,"method":"daemon.passthrough"}\n',
    since("Fulcrum 1.9.8", "daemon.passthrough", refused(-32602, "Missing required params"))
  ],
  [
    "daemon.passthrough with names",
    '{"id":1,"method":"daemon.passthrough","params":{"method":"getinfo"}}\n',
    since("Fulcrum 1.9.8", "daemon.passthrough", refused(-32601, "Method disabled for this client"))
  ],
  [
    "another dialect",
    '{"jsonrpc":"1.0","id":1,"method":"server.ping","params":[]}\n',
    from("Fulcrum 1.8.2", refused(-32600, "Expected jsonrpc version 2.0"), sorted("null"))
  ],
  [
    "a batch",
    `[${call("server.ping").trim()}]\n`,
    from(
      "Fulcrum 1.8.2",
      '{"error":{"code":-31999,"message":"Json Error: expected object"},"id":null,"jsonrpc":"2.0"}',
      `[${sorted("null")}]`
    )
  ],
  [
    "garbage",
    `${garbage}\n`,
    from(
      "Fulcrum 2.0.0",
      `{"error":{"code":-32700,"message":"Failed to parse Json from string: ${garbage}\\n"},"id":null,"jsonrpc":"2.0"}`,
      `{"error":{"code":-32700,"message":"Failed to parse Json from string: ${garbage}?"},"id":null,"jsonrpc":"2.0"}`
    )
  ]
]

describe("Fulcrum 1.0 to 2.0", () => {
  it.live("answer as their sources say", () =>
    checkReleases("Fulcrum 1.0 to 2.0", node, releases, table).pipe(Effect.scoped)
  )
})
