import { readFileSync } from "node:fs"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { startServer } from "../../src/simnet/simnet.ts"
import { plainTcp, request } from "../support/plain-client.ts"
import { ScriptedNode, transaction, unconfirmed } from "../support/scripted-node.ts"

/** Everything that a line is answered with until the connection ends or nothing more comes; without padding. */
const answersTo = async (port: number, text: string): Promise<ReadonlyArray<string>> => {
  const client = plainTcp(port)
  const lines = text.split("\n").length - 1
  client.send(text)
  await client.until((c) => c.lines().length >= lines || c.closed() !== null)
  // A refusal brings more than it was asked, and the end.
  await new Promise((resolve) => setTimeout(resolve, 20))
  const shown = client.lines().map((line) => line.replace(/ {9,}/g, ""))
  client.destroy()
  return client.closed() === "end" ? [...shown, "end"] : shown
}

const node = new ScriptedNode()
const { txid, hex, scripthash } = transaction
const coinbase = node.blockTxids(7)![0]!

type Row<Software extends string> = readonly [
  probe: string,
  lines: string,
  answers: Readonly<Record<Software, string | ReadonlyArray<string>>>
]

const call = (method: string, params: ReadonlyArray<unknown> = [], id = 1): string => request(id, method, params)
const handshake = (versions: unknown): string => call("server.version", ["x", versions], 0)

const compact = (json: string, id = 1): string => `{"jsonrpc":"2.0","result":${json},"id":${id}}`
const failed = (code: number, message: string, id = 1): string =>
  `{"jsonrpc":"2.0","error":{"code":${code},"message":${JSON.stringify(message)}},"id":${id}}`
const pythonUnknown = (method: string): string => failed(-32601, `unknown method "${method}"`)

const electrumx = ["ElectrumX 1.17.0", "ElectrumX 1.18.0", "ElectrumX 1.19.0"] as const
type ElectrumxRelease = (typeof electrumx)[number]
const allOf = <A extends string>(releases: ReadonlyArray<A>, answer: string | ReadonlyArray<string>) =>
  Object.fromEntries(releases.map((release) => [release, answer])) as Record<A, string | ReadonlyArray<string>>

const version = (release: string, protocol: string): string => compact(`["${release}","${protocol}"]`, 0)
/** What precedes every probe here, and its answer. */
const hello = handshake("1.4")

const rejected = "the transaction was rejected by network rules.\n\nTX decode failed. Make sure the tx has at least one input.\n[zz]"
const packageRejected =
  "the tx package was rejected by network rules.\n\nTX decode failed: deadbeef Make sure the tx has at least one input.."

const proof = `"branch":["${node.hash(0)}"]`
const root = (text: string): string => /"root":"([0-9a-f]{64})"/.exec(text)?.[1] ?? ""

/** From source, not executed: what 1.17 to 1.19 do that recorded releases do otherwise, or were not asked. */
const electrumxTable: ReadonlyArray<Row<ElectrumxRelease>> = [
  [
    "the highest protocol",
    handshake(["1.4", "99.9"]),
    {
      "ElectrumX 1.17.0": version("ElectrumX 1.17.0", "1.4.3"),
      "ElectrumX 1.18.0": version("ElectrumX 1.18.0", "1.4.3"),
      "ElectrumX 1.19.0": version("ElectrumX 1.19.0", "1.6.0")
    }
  ],
  [
    "a call before the handshake",
    call("server.ping"),
    {
      "ElectrumX 1.17.0": compact("null"),
      "ElectrumX 1.18.0": compact("null"),
      "ElectrumX 1.19.0": [
        '{"jsonrpc":"2.0","method":"blockchain.relayfee"}',
        '{"jsonrpc":"2.0","method":"blockchain.estimatefee"}',
        failed(1, "use server.version to identify client"),
        "end"
      ]
    }
  ],
  [
    "an old wallet",
    call("server.version", ["2.7.1", "1.0"]),
    {
      "ElectrumX 1.17.0": [
        '{"jsonrpc":"2.0","method":"blockchain.relayfee"}',
        '{"jsonrpc":"2.0","method":"blockchain.estimatefee"}',
        failed(1, "unsupported protocol version: 1.0"),
        "end"
      ],
      // Lost in the padding buffer.
      "ElectrumX 1.18.0": ["end"],
      "ElectrumX 1.19.0": [
        '{"jsonrpc":"2.0","method":"blockchain.relayfee"}',
        '{"jsonrpc":"2.0","method":"blockchain.estimatefee"}',
        failed(1, "unsupported protocol version: 1.0"),
        "end"
      ]
    }
  ],
  [
    "a wallet that is no longer old",
    call("server.version", ["3.2.4", "1.0"]),
    {
      "ElectrumX 1.17.0": [failed(1, "unsupported protocol version: 1.0"), "end"],
      "ElectrumX 1.18.0": ["end"],
      "ElectrumX 1.19.0": [failed(1, "unsupported protocol version: 1.0"), "end"]
    }
  ],
  [
    "a parameter too many in the handshake",
    call("server.version", ["x", "1.4", "extra"]),
    {
      "ElectrumX 1.17.0": failed(-32602, "3 arguments passed to method server.version taking at most 2"),
      "ElectrumX 1.18.0": failed(-32602, "3 arguments passed to method server.version taking at most 2"),
      "ElectrumX 1.19.0": compact('["ElectrumX 1.19.0","1.4"]')
    }
  ],
  [
    "a transaction that is no hex",
    hello + call("blockchain.transaction.broadcast", ["zz"]),
    {
      "ElectrumX 1.17.0": failed(1, rejected),
      "ElectrumX 1.18.0": failed(1, rejected),
      "ElectrumX 1.19.0": failed(1, "zz should be a hex string")
    }
  ],
  [
    "a transaction that is none of ours to send",
    hello + call("blockchain.transaction.broadcast", [hex]),
    allOf(
      electrumx,
      failed(1, `the transaction was rejected by network rules.\n\nbad-txns-inputs-missingorspent\n[${hex}]`)
    )
  ],
  [
    "a package of garbage at 1.4",
    hello + call("blockchain.transaction.broadcast_package", [["deadbeef"]]),
    {
      "ElectrumX 1.17.0": pythonUnknown("blockchain.transaction.broadcast_package"),
      "ElectrumX 1.18.0": failed(
        1,
        `${packageRejected} Package txids: ['281dd50f6f56bc6e867fe73dd614a73c55a647a479704f64804b574cafb0f5c5']`
      ),
      "ElectrumX 1.19.0": pythonUnknown("blockchain.transaction.broadcast_package")
    }
  ],
  [
    "a package at the highest protocol",
    handshake(["1.4", "1.6"]) + call("blockchain.transaction.broadcast_package", [[hex]]),
    {
      "ElectrumX 1.17.0": pythonUnknown("blockchain.transaction.broadcast_package"),
      "ElectrumX 1.18.0": compact(
        `{"success":false,"errors":[{"txid":"${txid}","error":"bad-txns-inputs-missingorspent"}]}`
      ),
      "ElectrumX 1.19.0": compact(
        `{"success":false,"errors":[{"txid":"${txid}","error":"bad-txns-inputs-missingorspent"}]}`
      )
    }
  ],
  [
    "mempool.get_info at the highest protocol",
    handshake(["1.4", "1.6"]) + call("mempool.get_info"),
    {
      "ElectrumX 1.17.0": pythonUnknown("mempool.get_info"),
      "ElectrumX 1.18.0": pythonUnknown("mempool.get_info"),
      "ElectrumX 1.19.0": compact('{"mempoolminfee":1e-05,"minrelaytxfee":1e-05,"incrementalrelayfee":1e-05}')
    }
  ],
  [
    "an estimate mode that there is not",
    hello + call("blockchain.estimatefee", [2, "bogus"]),
    {
      "ElectrumX 1.17.0": failed(1, "unknown estimatefee mode: bogus"),
      "ElectrumX 1.18.0": failed(1, "unknown estimatefee mode: bogus"),
      "ElectrumX 1.19.0": failed(1, "unknown estimatefee mode: BOGUS")
    }
  ],
  ["target 0 on a main network", hello + call("blockchain.estimatefee", [0]), allOf(electrumx, compact("1e-05"))],
  [
    "a ping with parameters",
    hello + call("server.ping", [1]),
    allOf(electrumx, failed(-32602, "1 argument passed to method server.ping taking at most 0"))
  ],
  [
    "a block that is not there",
    hello + call("blockchain.transaction.get_merkle", [txid, 1234]),
    allOf(electrumx, failed(1, "db error: DBError('block 1,234 not on disk (>10)')"))
  ],
  [
    "a transaction by its position, with a proof",
    hello + call("blockchain.transaction.id_from_pos", [7, 1, true]),
    allOf(electrumx, compact(`{"tx_hash":"${txid}","merkle":["${coinbase}"]}`))
  ],
  [
    "a proof of a transaction",
    hello + call("blockchain.transaction.get_merkle", [txid, 7]),
    allOf(electrumx, compact(`{"block_height":7,"merkle":["${coinbase}"],"pos":1}`))
  ],
  [
    "an unspent output",
    hello + call("blockchain.scripthash.listunspent", [scripthash]),
    allOf(electrumx, compact(`[{"tx_hash":"${txid}","tx_pos":0,"height":7,"value":11110844}]`))
  ],
  ["the bare word Infinity", hello + '{"jsonrpc":"2.0","id":1,"method":"server.ping","params":[],"x":Infinity}\n', allOf(electrumx, compact("null"))],
  ["the word NaN in a text", hello + '{"jsonrpc":"2.0","id":"NaN","method":"server.ping","params":[NaN]}\n', allOf(electrumx, '{"jsonrpc":"2.0","error":{"code":-32602,"message":"1 argument passed to method server.ping taking at most 0"},"id":"NaN"}')]
]

const sorted = (json: string): string => `{"id":1,"jsonrpc":"2.0","result":${json}}`
const refused = (code: number, message: string): string =>
  `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":1,"jsonrpc":"2.0"}`
const unsupported = (method: string): string => refused(-32601, `Unsupported request: ${method}`)

const fulcrum = ["Fulcrum 1.0.5", "Fulcrum 1.3.2", "Fulcrum 1.5.4", "Fulcrum 1.8.2", "Fulcrum 1.9.1", "Fulcrum 1.9.8", "Fulcrum 1.12.0", "Fulcrum 2.0.0"] as const
type FulcrumRelease = (typeof fulcrum)[number]

/** Unsupported in releases before the first that has it. */
const since = (first: FulcrumRelease, method: string, answer: string): Readonly<Record<FulcrumRelease, string>> =>
  Object.fromEntries(
    fulcrum.map((release, i) => [release, i < fulcrum.indexOf(first) ? unsupported(method) : answer])
  ) as Record<FulcrumRelease, string>

/** One answer up to the release before, another from it on. */
const from = (first: FulcrumRelease, before: string, after: string): Readonly<Record<FulcrumRelease, string>> =>
  Object.fromEntries(
    fulcrum.map((release, i) => [release, i < fulcrum.indexOf(first) ? before : after])
  ) as Record<FulcrumRelease, string>

const garbage = "x".repeat(20)

/** From source, not executed: which release has which methods and manners. */
const fulcrumTable: ReadonlyArray<Row<FulcrumRelease>> = [
  [
    "the highest protocol",
    call("server.version", ["x", ["1.4", "99.9"]]),
    Object.fromEntries(
      fulcrum.map((release, i) => [
        release,
        sorted(`["${release}","${["1.4.2", "1.4.4", "1.4.5", "1.4.5", "1.5", "1.5.2", "1.5.3", "1.5.3"][i]}"]`)
      ])
    ) as Record<FulcrumRelease, string>
  ],
  [
    "a parameter too many in the handshake",
    call("server.version", ["x", "1.4", "extra", {}]),
    allOf(fulcrum, refused(-32602, "Expected at most 2 parameters for server.version, got 4 instead"))
  ],
  ["the donation address nobody set", call("server.donation_address"), allOf(fulcrum, sorted('"1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N"'))],
  ["mempool.get_info", call("mempool.get_info"), allOf(fulcrum, unsupported("mempool.get_info"))],
  [
    "an estimate mode",
    call("blockchain.estimatefee", [2, "economical"]),
    allOf(fulcrum, refused(-32602, "Expected at most 1 parameter for blockchain.estimatefee, got 2 instead"))
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
      fulcrum,
      sorted(`[${unconfirmed.map(({ txid, height, fee }) => `{"fee":${fee},"height":${height},"tx_hash":"${txid}"}`).join(",")}]`)
    )
  ],
  [
    "a hash that goes on",
    call("blockchain.scripthash.get_balance", [`${scripthash}ab`]),
    allOf(fulcrum, sorted('{"confirmed":11110844,"unconfirmed":-5000}'))
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

const readme = (): string => readFileSync(new URL("../../README.md", import.meta.url), "utf8")

describe("what differs between releases (from source, not executed)", () => {
  it.live.each([
    ["ElectrumX 1.17, 1.18, 1.19", electrumx, electrumxTable],
    ["Fulcrum 1.0 to 2.0", fulcrum, fulcrumTable]
  ] as const)("%s answer as their sources say", ([title, releases, table]) =>
    Effect.gen(function*() {
      yield* Effect.forEach(
        releases as ReadonlyArray<string>,
        Effect.fnUntraced(function*(software) {
          const server = yield* startServer({ software, backend: node })
          yield* Effect.forEach(
            table as ReadonlyArray<Row<string>>,
            ([probe, lines, answers]) =>
              Effect.promise(async () => {
                const expected = [answers[software]!].flat()
                const got = await answersTo(server.tcpPort, lines)
                // The answer to the handshake before is the same everywhere.
                const after = got.slice(lines.split("\n").length > 2 ? 1 : 0)
                expect([software, probe, after]).toEqual([software, probe, expected])
              }),
            { concurrency: "unbounded", discard: true }
          )
        }),
        { concurrency: "unbounded", discard: true }
      )
      expect(readme()).toContain(`| ${title} | ${releases.length * table.length} | | | from source, not executed |`)
    }).pipe(Effect.scoped)
  )

  it.live.each(["ElectrumX 1.17.0", "ElectrumX 2.0b1", "Fulcrum 2.1.1"])(
    "%s proves the last of several headers, in its own order of keys",
    (software) =>
      Effect.gen(function*() {
        const server = yield* startServer({ software, backend: node })
        const [, line] = yield* Effect.promise(() =>
          answersTo(server.tcpPort, handshake(["1.4", "1.6"]) + call("blockchain.block.headers", [0, 2, 1]))
        )
        const list = `"headers":["${node.header(0)}","${node.header(1)}"]`
        const hexes = `"hex":"${node.header(0)}${node.header(1)}"`
        expect(root(line!)).toMatch(/^[0-9a-f]{64}$/)
        expect(line).toBe(
          software === "Fulcrum 2.1.1"
            ? sorted(`{${proof},"count":2,${list},"max":2016,"root":"${root(line!)}"}`)
            : software === "ElectrumX 2.0b1"
              ? compact(`{"count":2,"max":2016,${list},${proof},"root":"${root(line!)}"}`)
              : compact(`{${hexes},"count":2,"max":2016,${proof},"root":"${root(line!)}"}`)
        )
      }).pipe(Effect.scoped)
  )
})
