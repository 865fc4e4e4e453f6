import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { startServer } from "../../src/simnet/simnet.ts"
import { plainTcp, request } from "../support/plain-client.ts"

/** What one line is answered with; null = the connection ends without a word. */
const answerTo = async (port: number, line: string): Promise<string | null> => {
  const client = plainTcp(port)
  client.send(line)
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
    error(-32600, 'invalid request: {"jsonrpc":"2.0","id":1}', null)
  ],
  ["no JSON", '{"id":1,\n', error(-32700, "parse error", null), null, error(-32600, 'invalid request: {"id":1,', null)],
  ["empty batch", "[]\n", "[]", null, error(-32600, "invalid request: []", null)],
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
  ]
]

describe.each([
  ["romanz electrs", "electrs/0.10.9", 2],
  ["Blockstream electrs", "electrs-esplora 0.4.1", 3],
  ["mempool's fork", `mempool-electrs ${dev}`, 4]
] as const)("simulated %s", (_, software, column) => {
  it.effect("answers as its source says", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software })
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
