import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { xmlText } from "../../src/export/graph-file.ts"
import { runCli } from "../support/cli.ts"
import { hasPythonModule, runPython } from "../support/debian-python.ts"
import { queryFile } from "../support/duck.ts"
import { hostileCrawl } from "../support/exported-crawl.ts"

let folder: string
let db: string

const formats = ["gexf", "graphml"] as const
const fileOf = (format: string) => join(folder, `graph.${format}`)

beforeAll(async () => {
  ({ db, folder } = await hostileCrawl())
  for (const format of formats) {
    const run = await runCli(["export", "--network", "mainnet-sim", "--db", db, "--what", "graph", "--format", format, "--out", fileOf(format), "--local"])
    expect(run.code, run.stderr).toBe(0)
  }
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What networkx reads of both files: nodes with software, arrows with weight, names of attributes, what is said of the whole. */
const read = `
import json, sys, networkx
def told(graph):
    return {
        "directed": graph.is_directed(),
        "nodes": sorted([node, data["label"], data.get("software")] for node, data in graph.nodes(data=True)),
        "arrows": sorted([a, b, data["weight"], data["endpoints"]] for a, b, data in graph.edges(data=True)),
        "attributes": sorted({key for _, data in graph.nodes(data=True) for key in data}),
        "about": graph.graph.get("code_version"),
    }
print(json.dumps([told(networkx.read_gexf(sys.argv[1])), told(networkx.read_graphml(sys.argv[2]))]))`

interface ReadGraph {
  readonly directed: boolean
  readonly nodes: ReadonlyArray<readonly [string, string, string | null]>
  readonly arrows: ReadonlyArray<readonly [string, string, number, number]>
  readonly attributes: ReadonlyArray<string>
  readonly about: string | null
}

describe.runIf(hasPythonModule("networkx", "python3-networkx"))("the announcement graph, read by networkx", () => {
  it("has the crawl's servers and who names whom, hostile texts made visible", async () => {
    const servers = await queryFile(db, "SELECT server_id::VARCHAR AS id, host FROM server_summary ORDER BY 1")
    const named = await queryFile(db, `
      SELECT DISTINCT from_server_id::VARCHAR AS a, to_server_id::VARCHAR AS b FROM peer_edge
      WHERE from_server_id <> to_server_id AND times_seen > 0 ORDER BY ALL`)
    expect(named.length).toBeGreaterThan(2)
    const graphs = JSON.parse(runPython(read, formats.map(fileOf))) as ReadonlyArray<ReadGraph>
    for (const graph of graphs) {
      expect(graph.directed).toBe(true)
      expect(graph.nodes.map(([id, host]) => ({ id, host }))).toEqual(servers)
      expect(graph.arrows.map(([a, b]) => ({ a, b }))).toEqual(named)
      expect(graph.attributes).toEqual(expect.arrayContaining(["hosts", "named_by", "reachable", "software"]))
      const hostile = graph.nodes.find(([, , software]) => software?.includes("<script>"))
      expect(hostile![2]).toContain("<script>alert(1)</script><img src=x onerror=alert(1)>&amp;]]>|\\u001b[2J")
      // Beyond two hundred characters a row of the atlas has the length only.
      expect(hostile![2]).toMatch(/one\\r\\ntwo\\n"three",four\\ttab\\u2028five\|bel… \(\d+ characters\)$/)
    }
    expect(graphs.map(({ about }) => about)).toEqual([null, "0.1.0"])
  }, 120_000)
})

describe("the announcement graph as XML", () => {
  it("says which crawl, version and licence, and that it is simulated", () => {
    for (const format of formats) {
      const text = readFileSync(fileOf(format), "utf8")
      expect(text).toContain("SIMULATED: mainnet-sim is an invented network")
      expect(text).toMatch(/Crawl 1 of mainnet-sim, 2026-01-02T03:04:05\.678Z; code version 0\.1\.0; licence CC-BY-4\.0; local\./)
    }
  })

  it("keeps every text inside its value, whatever it is", () => {
    // oxlint-disable-next-line no-control-regex -- XML 1.0 forbids these
    const leaves = /[<>"'\u0000-\u001f\u007f-\u009f\ufffe\uffff]|&(?!#[0-9]+;)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(xmlText(text)).not.toMatch(leaves)
    }), { numRuns: 500 })
  })
})
