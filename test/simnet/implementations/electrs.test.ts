import { createHash } from "node:crypto"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { doubleSha256, hashBytes, shownHash } from "../../../src/simnet/bitcoin/hash.ts"
import { plainTcp, request } from "../../support/plain-client.ts"
import { readme } from "../../support/readme.ts"
import { ScriptedNode, transaction, unconfirmed } from "../../support/scripted-node.ts"
import { startServer } from "../../support/start-server.ts"

/** What one line is answered with; null = the connection ends without a word. */
const answerTo = async (port: number, line: string): Promise<string | null> => {
  const client = plainTcp(port)
  // Bytes that are no UTF-8 are written as characters of the same numbers.
  client.socket.write(Buffer.from(line, "latin1"))
  await client.until((c) => c.lines().length > 0 || c.closed() !== null)
  client.destroy()
  expect(client.received().toString("utf8")).not.toContain("\r")
  return client.lines()[0] ?? null
}

const ok = (json: string): string => `{"id":1,"jsonrpc":"2.0","result":${json}}`
const error = (code: number, message: string, id: number | null = 1): string =>
  `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":${id},"jsonrpc":"2.0"}`
const bare = (message: string): string => `{"error":${JSON.stringify(message)},"id":1,"jsonrpc":"2.0"}`
const call = (method: string, params: ReadonlyArray<unknown> = []): string => request(1, method, params)

const invalid = error(-32602, "invalid params")
const unknown = (method: string, params = "[]"): string => error(1, `${method} RPC error: unknown method ${method} ${params}`)
const node = new ScriptedNode()
const { txid, hex, scripthash } = transaction
const [first, second] = unconfirmed
// The bytes of the second hash, read from the end, are the lower ones or not: the family's own order.
const history = [
  `{"height":7,"tx_hash":"${txid}"}`,
  `{"fee":253,"height":0,"tx_hash":"${first!.txid}"}`,
  `{"fee":1135,"height":-1,"tx_hash":"${second!.txid}"}`
].join(",")
const status = createHash("sha256")
  .update(`${txid}:7:${first!.txid}:0:${second!.txid}:-1:`)
  .digest("hex")
const coinbase = node.blockTxids(7)![0]!
const proof = `"merkle":["${coinbase}"]`
const refused = 'sendrawtransaction RPC error: {"code":-22,"message":"TX decode failed. Make sure the tx has at least one input."}'
const missing = "bad-txns-inputs-missingorspent"
const header = (height: number): string => node.header(height)!
const root = shownHash(doubleSha256(Buffer.concat([hashBytes(node.hash(0)!), hashBytes(node.hash(1)!)])))
const dev = "3.1.0-dev-5f2e1c3"

/** From source, not executed (protocol-facts, probe table). */
const table: ReadonlyArray<
  readonly [probe: string, line: string, romanz: string | null, blockstream: string | null, mempool: string | null]
> = [
  [
    "version",
    call("server.version", ["x", ["1.4", "99.9"]]),
    ok('["electrs/0.10.9","1.4"]'),
    ok('["electrs-esplora 0.4.1","1.4"]'),
    ok(`["mempool-electrs ${dev}","1.4"]`)
  ],
  [
    "version without params",
    call("server.version"),
    invalid,
    ok('["electrs-esplora 0.4.1","1.4"]'),
    ok(`["mempool-electrs ${dev}","1.4"]`)
  ],
  [
    "version refused",
    call("server.version", ["x", "99.9"]),
    error(1, 'unsupported request Single("99.9") by x'),
    ok('["electrs-esplora 0.4.1","1.4"]'),
    ok(`["mempool-electrs ${dev}","1.4"]`)
  ],
  [
    "version range refused",
    call("server.version", ["x", ["98", "99"]]),
    error(1, 'unsupported request MinMax("98", "99") by x'),
    ok('["electrs-esplora 0.4.1","1.4"]'),
    ok(`["mempool-electrs ${dev}","1.4"]`)
  ],
  [
    "banner",
    call("server.banner"),
    ok('"Welcome to electrs 0.10.9 (Electrum Rust Server)!"'),
    ok('"Welcome to electrs-esplora 0.4.1"'),
    ok(`"Welcome to mempool-electrs ${dev}"`)
  ],
  ["donation address", call("server.donation_address"), ok("null"), ok("null"), ok("null")],
  ["ping", call("server.ping"), ok("null"), ok("null"), ok("null")],
  ["peers", call("server.peers.subscribe"), ok("[]"), ok("[]"), ok("[]")],
  [
    "unknown method",
    call("foo.bar"),
    error(-32601, "method not found"),
    null,
    error(1, "foo.bar RPC error: unknown method foo.bar []")
  ],
  [
    "no method",
    '{"jsonrpc":"2.0","id":1}\n',
    error(-32600, "invalid request", null),
    null,
    error(-32600, 'invalid request: {"id":1,"jsonrpc":"2.0"}', null)
  ],
  ["no JSON", '{"id":1,\n', error(-32700, "parse error", null), null, error(-32600, 'invalid request: {"id":1,\n', null)],
  ["empty batch", "[]\n", "[]", null, "[]"],
  [
    "batch",
    `[${call("server.ping").trim()},${call("server.ping").trim()}]\n`,
    `[${ok("null")},${ok("null")}]`,
    null,
    `[${ok("null")},${ok("null")}]`
  ],
  [
    "batch with something else in it",
    `[${call("server.ping").trim()},5]\n`,
    error(-32600, "invalid request", null),
    null,
    `[${ok("null")},${error(-32600, "invalid request: 5", null)}]`
  ],
  ["no UTF-8", Buffer.of(0xff, 10).toString("latin1"), null, null, null],
  [
    "header out of range",
    call("blockchain.block.header", [99999999]),
    error(1, "no header at 99999999"),
    bare("missing header"),
    bare("missing header")
  ],
  [
    "bad height",
    call("blockchain.block.header", [-1]),
    invalid,
    bare("non-integer height"),
    bare("non-integer height")
  ],
  ["too few params", call("blockchain.block.headers", [1]), invalid, bare("missing count"), bare("missing count")],
  [
    "bad target",
    call("blockchain.estimatefee", ["x"]),
    invalid,
    bare("non-integer blocks_count"),
    bare("non-integer blocks_count")
  ],
  [
    "bad script hash",
    call("blockchain.scripthash.subscribe", ["abc"]),
    invalid,
    bare("bad script_hash"),
    bare("bad script_hash")
  ],
  ...(
    [
      ["history", call("blockchain.scripthash.get_history", [scripthash]), ok(`[${history}]`)],
      ["history of nothing", call("blockchain.scripthash.get_history", ["ab".repeat(32)]), ok("[]")],
      [
        "balance, upper case",
        call("blockchain.scripthash.get_balance", [scripthash.toUpperCase()]),
        ok('{"confirmed":11110844,"unconfirmed":-5000}')
      ],
      [
        "unspent",
        call("blockchain.scripthash.listunspent", [scripthash]),
        ok(`[{"height":7,"tx_hash":"${txid}","tx_pos":0,"value":11110844}]`)
      ],
      ["status", call("blockchain.scripthash.subscribe", [scripthash]), ok(`"${status}"`)],
      ["status of nothing", call("blockchain.scripthash.subscribe", ["ab".repeat(32)]), ok("null")],
      ["transaction", call("blockchain.transaction.get", [txid]), ok(`"${hex}"`)],
      [
        "merkle proof",
        call("blockchain.transaction.get_merkle", [txid, 7]),
        ok(`{"block_height":7,${proof},"pos":1}`)
      ],
      ["tip", call("blockchain.headers.subscribe"), ok(`{"height":10,"hex":"${header(10)}"}`)],
      ["headers to the tip", call("blockchain.block.headers", [9, 5]), ok(`{"count":2,"hex":"${header(9)}${header(10)}","max":2016}`)],
      ["relay fee", call("blockchain.relayfee"), ok("0.00001")],
      ["fee estimate", call("blockchain.estimatefee", [2]), ok("0.00001")]
    ] as const
  ).map(([name, line, answer]) => [name, line, answer, answer, answer] as const),
  [
    "fee estimate of a target between",
    call("blockchain.estimatefee", [100]),
    ok("2.5e-7"),
    bare("cannot estimate fee for 100 blocks"),
    bare("cannot estimate fee for 100 blocks")
  ],
  [
    "histogram",
    call("mempool.get_fee_histogram"),
    ok("[[63,100000],[31,0],[15,30000],[7,0],[3,20000],[1,60000],[0,1000]]"),
    ok("[[40.0,100000],[1.5,110000],[0.5,1000]]"),
    ok("[[40.0,100000],[1.5,110000],[0.5,1000]]")
  ],
  [
    "header with a proof",
    call("blockchain.block.header", [1, 1]),
    invalid,
    ok(`{"branch":["${node.hash(0)}"],"header":"${header(1)}","root":"${root}"}`),
    ok(`{"branch":["${node.hash(0)}"],"header":"${header(1)}","root":"${root}"}`)
  ],
  [
    "proof below the header",
    call("blockchain.block.header", [5, 3]),
    invalid,
    bare("cp_height #3 < height #5"),
    bare("cp_height #3 < height #5")
  ],
  [
    "proof above the tip",
    call("blockchain.block.headers", [5, 2, 99]),
    invalid,
    bare("cp_height #99 above best block height #10"),
    bare("cp_height #99 above best block height #10")
  ],
  ["mempool of a script", call("blockchain.scripthash.get_mempool", [scripthash]), error(-32601, "method not found"), null, unknown("blockchain.scripthash.get_mempool", `[String("${scripthash}")]`)],
  ["unsubscribe", call("blockchain.scripthash.unsubscribe", [scripthash]), ok("false"), null, unknown("blockchain.scripthash.unsubscribe", `[String("${scripthash}")]`)],
  [
    "unknown transaction",
    call("blockchain.transaction.get", ["11".repeat(32)]),
    error(2, "No such mempool or blockchain transaction. Use gettransaction for wallet transactions."),
    bare("missing transaction"),
    bare("missing transaction")
  ],
  ["bad transaction hash", call("blockchain.transaction.get", ["abcd"]), invalid, bare("bad tx_hash"), bare("bad tx_hash")],
  [
    "verbose that is no flag",
    call("blockchain.transaction.get", [txid, "yes"]),
    invalid,
    bare("non-bool verbose value"),
    bare("non-bool verbose value")
  ],
  [
    "proof of a transaction elsewhere",
    call("blockchain.transaction.get_merkle", [txid, 3]),
    error(1, `missing txid ${txid} in block ${node.hash(3)}`),
    bare("invalid confirmation height provided"),
    bare("invalid confirmation height provided")
  ],
  [
    "proof in a block that is not there",
    call("blockchain.transaction.get_merkle", [first!.txid, 99]),
    error(1, "missing block at 99"),
    bare("tx not found or is unconfirmed"),
    bare("tx not found or is unconfirmed")
  ],
  ["id from position", call("blockchain.transaction.id_from_pos", [7, 1]), ok(`{"tx_id":"${txid}"}`), ok(`"${txid}"`), ok(`"${txid}"`)],
  [
    "id from position with a proof",
    call("blockchain.transaction.id_from_pos", [7, 1, true]),
    ok(`{${proof},"tx_id":"${txid}"}`),
    ok(`{${proof},"tx_hash":"${txid}"}`),
    ok(`{${proof},"tx_hash":"${txid}"}`)
  ],
  [
    "no such position",
    call("blockchain.transaction.id_from_pos", [7, 9]),
    error(1, "invalid tx_pos 9 in block at height 7"),
    bare("No tx in position #9 in block #7"),
    bare("No tx in position #9 in block #7")
  ],
  ["broadcast of no hex", call("blockchain.transaction.broadcast", ["zz"]), error(1, "non-hex transaction"), bare(refused), bare(refused)],
  ["broadcast of garbage", call("blockchain.transaction.broadcast", ["deadbeef"]), error(1, "invalid transaction"), bare(refused), bare(refused)],
  [
    "broadcast of a transaction",
    call("blockchain.transaction.broadcast", [hex]),
    error(2, missing),
    bare(`sendrawtransaction RPC error: {"code":-25,"message":"${missing}"}`),
    bare(`sendrawtransaction RPC error: {"code":-25,"message":"${missing}"}`)
  ],
  ["package", call("blockchain.transaction.broadcast_package", [[hex]]), error(-32601, "method not found"), null, unknown("blockchain.transaction.broadcast_package", `[Array [String("${hex}")]]`)]
]

describe.each([
  ["romanz electrs", "electrs/0.10.9", 2],
  ["Blockstream electrs", "electrs-esplora 0.4.1", 3],
  ["mempool's fork", `mempool-electrs ${dev}`, 4]
] as const)("simulated %s", (title, software, column) => {
  it.effect("answers as its source says", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software, backend: node })
      // The README says how many.
      expect(readme("src/simnet")).toContain(`| ${title} | ${table.length} | | | from source, not executed |`)
      for (const row of table) {
        expect([row[0], yield* Effect.promise(() => answerTo(server.tcpPort, row[1]))]).toEqual([row[0], row[column]])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("answers features in its own way, or not at all", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software })
      const line = yield* Effect.promise(() => answerTo(server.tcpPort, call("server.features")))
      if (column === 3) expect(line).toBeNull()
      else if (column === 4) expect(line).toBe(error(1, "server.features RPC error: unknown method server.features []"))
      else expect(line).toContain('"hosts":{"tcp_port":50001}')
    }).pipe(Effect.scoped)
  )
})
