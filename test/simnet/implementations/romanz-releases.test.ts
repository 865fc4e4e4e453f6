import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { allOf, call, checkReleases, fromRelease, type ReleaseRow } from "../../support/release-table.ts"
import { ScriptedNode, transaction } from "../../support/scripted-node.ts"

const node = new ScriptedNode()
const { txid, hex, scripthash } = transaction
const coinbase = node.blockTxids(7)![0]!

const releases = ["electrs/0.9.10", "electrs/0.10.10", "electrs/0.11.0", "electrs/0.11.1"] as const
type Release = (typeof releases)[number]

const ok = (json: string): string => `{"id":1,"jsonrpc":"2.0","result":${json}}`
const failed = (code: number, message: string): string =>
  `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":1,"jsonrpc":"2.0"}`
const noMethod = failed(-32601, "method not found")

const from = (first: Release, before: string, after: string) => fromRelease(releases, first, before, after)

/** From source, not executed: what releases have, and in which form. */
const table: ReadonlyArray<ReleaseRow<Release>> = [
  [
    "the highest protocol",
    call("server.version", ["x", ["1.4", "99.9"]]),
    Object.fromEntries(releases.map((release) => [release, ok(`["${release}","1.4"]`)])) as Record<Release, string>
  ],
  [
    "a version with a zero revision, which is a later one",
    call("server.version", ["x", ["1.4.0", "1.6"]]),
    allOf(releases, failed(1, 'unsupported request MinMax("1.4.0", "1.6") by x'))
  ],
  [
    "unsubscribing",
    call("blockchain.scripthash.unsubscribe", [scripthash]),
    from("electrs/0.10.10", noMethod, ok("false"))
  ],
  [
    "a transaction by its position",
    call("blockchain.transaction.id_from_pos", [7, 1]),
    {
      "electrs/0.9.10": noMethod,
      "electrs/0.10.10": ok(`{"tx_id":"${txid}"}`),
      "electrs/0.11.0": ok(`{"tx_id":"${txid}"}`),
      "electrs/0.11.1": ok(`{"tx_hash":"${txid}"}`)
    }
  ],
  [
    "a transaction by its position, with a proof",
    call("blockchain.transaction.id_from_pos", [7, 1, true]),
    {
      "electrs/0.9.10": noMethod,
      "electrs/0.10.10": ok(`{"merkle":["${coinbase}"],"tx_id":"${txid}"}`),
      "electrs/0.11.0": ok(`{"merkle":["${coinbase}"],"tx_id":"${txid}"}`),
      "electrs/0.11.1": ok(`{"merkle":["${coinbase}"],"tx_hash":"${txid}"}`)
    }
  ],
  [
    "a package",
    call("blockchain.transaction.broadcast_package", [[hex]]),
    from(
      "electrs/0.11.0",
      noMethod,
      ok(`{"errors":[{"error":"bad-txns-inputs-missingorspent","txid":"${txid}"}],"success":false}`)
    )
  ],
  [
    "a package of garbage",
    call("blockchain.transaction.broadcast_package", [["deadbeef"], true]),
    from("electrs/0.11.0", noMethod, failed(1, "invalid transaction"))
  ]
]

describe("romanz electrs 0.9 to 0.11", () => {
  it.live("answer as their sources say", () =>
    checkReleases("romanz electrs 0.9 to 0.11", node, releases, table).pipe(Effect.scoped)
  )
})
