import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { allOf, call, checkReleases, handshake, type ReleaseRow } from "../../support/release-table.ts"
import { ScriptedNode, transaction } from "../../support/scripted-node.ts"

const node = new ScriptedNode()
const { txid, hex, scripthash } = transaction
const coinbase = node.blockTxids(7)![0]!

const compact = (json: string, id = 1): string => `{"jsonrpc":"2.0","result":${json},"id":${id}}`
const failed = (code: number, message: string, id = 1): string =>
  `{"jsonrpc":"2.0","error":{"code":${code},"message":${JSON.stringify(message)}},"id":${id}}`
const pythonUnknown = (method: string): string => failed(-32601, `unknown method "${method}"`)

const oldHandshake = '{"jsonrpc":"1.0","id":0,"method":"server.version","params":["x","1.4"]}\n'
const oldCall = (params: string): string => `{"jsonrpc":"1.0","id":1,"method":"server.ping","params":${params}}`
const oldFailed = (code: number, message: string, id: number | null): string =>
  `{"result":null,"error":{"code":${code},"message":"${message}"},"id":${id}}`

const releases = ["ElectrumX 1.17.0", "ElectrumX 1.18.0", "ElectrumX 1.19.0"] as const
type ElectrumxRelease = (typeof releases)[number]
const version = (release: string, protocol: string): string => compact(`["${release}","${protocol}"]`, 0)
/** What precedes every probe here, and its answer. */
const hello = handshake("1.4")

const rejected = "the transaction was rejected by network rules.\n\nTX decode failed. Make sure the tx has at least one input.\n[zz]"
const packageRejected =
  "the tx package was rejected by network rules.\n\nTX decode failed: deadbeef Make sure the tx has at least one input.."

/** From source, not executed: what 1.17 to 1.19 do that recorded releases do otherwise, or were not asked. */
const table: ReadonlyArray<ReleaseRow<ElectrumxRelease>> = [
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
    "a batch in JSON-RPC 1.0, which has none",
    `${oldHandshake}[${oldCall("[]")}]\n`,
    allOf(releases, oldFailed(-32600, "request object must be a dictionary", null))
  ],
  [
    "named parameters in JSON-RPC 1.0, which has none",
    `${oldHandshake}${oldCall("{}")}\n`,
    allOf(releases, oldFailed(-32602, "invalid request arguments: {}", 1))
  ],
  [
    "a ping in JSON-RPC 1.0",
    `${oldHandshake}${oldCall("[]")}\n`,
    allOf(releases, '{"result":null,"error":null,"id":1}')
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
      releases,
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
  ["target 0 on a main network", hello + call("blockchain.estimatefee", [0]), allOf(releases, compact("1e-05"))],
  [
    "a ping with parameters",
    hello + call("server.ping", [1]),
    allOf(releases, failed(-32602, "1 argument passed to method server.ping taking at most 0"))
  ],
  [
    "a block that is not there",
    hello + call("blockchain.transaction.get_merkle", [txid, 1234]),
    allOf(releases, failed(1, "db error: DBError('block 1,234 not on disk (>10)')"))
  ],
  [
    "a transaction by its position, with a proof",
    hello + call("blockchain.transaction.id_from_pos", [7, 1, true]),
    allOf(releases, compact(`{"tx_hash":"${txid}","merkle":["${coinbase}"]}`))
  ],
  [
    "a proof of a transaction",
    hello + call("blockchain.transaction.get_merkle", [txid, 7]),
    allOf(releases, compact(`{"block_height":7,"merkle":["${coinbase}"],"pos":1}`))
  ],
  [
    "an unspent output",
    hello + call("blockchain.scripthash.listunspent", [scripthash]),
    allOf(releases, compact(`[{"tx_hash":"${txid}","tx_pos":0,"height":7,"value":11110844}]`))
  ],
  ["the bare word Infinity", hello + '{"jsonrpc":"2.0","id":1,"method":"server.ping","params":[],"x":Infinity}\n', allOf(releases, compact("null"))],
  ["the word NaN in a text", hello + '{"jsonrpc":"2.0","id":"NaN","method":"server.ping","params":[NaN]}\n', allOf(releases, '{"jsonrpc":"2.0","error":{"code":-32602,"message":"1 argument passed to method server.ping taking at most 0"},"id":"NaN"}')]
]

describe("ElectrumX 1.17 to 1.19", () => {
  it.live("answer as their sources say", () =>
    checkReleases("ElectrumX 1.17, 1.18, 1.19", node, releases, table).pipe(Effect.scoped)
  )
})
