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

/** What networkx reads: nodes with software, arrows with weight, what is said of the whole. */
const read = `
import json, sys, networkx
path = sys.argv[1]
graph = networkx.read_gexf(path) if path.endswith("gexf") else networkx.read_graphml(path)
print(json.dumps({
  "directed": graph.is_directed(),
  "nodes": sorted([node, data["label"], data.get("software")] for node, data in graph.nodes(data=True)),
  "arrows": sorted([a, b, data["weight"], data["endpoints"]] for a, b, data in graph.edges(data=True)),
  "about": graph.graph.get("code_version"),
}))`

interface ReadGraph {
  readonly directed: boolean
  readonly nodes: ReadonlyArray<readonly [string, string, string | null]>
  readonly arrows: ReadonlyArray<readonly [string, string, number, number]>
  readonly about: string | null
}

describe.runIf(hasPythonModule("networkx", "python3-networkx"))("the announcement graph, read by networkx", () => {
  it("has the crawl's servers and who names whom, hostile texts made visible", async () => {
    const servers = await queryFile(db, "SELECT server_id::VARCHAR AS id, host FROM server_summary ORDER BY 1")
    const named = await queryFile(db, `
      SELECT DISTINCT from_server_id::VARCHAR AS a, to_server_id::VARCHAR AS b FROM peer_edge
      WHERE from_server_id <> to_server_id AND times_seen > 0 ORDER BY ALL`)
    expect(named.length).toBeGreaterThan(2)
    for (const format of formats) {
      const graph = JSON.parse(runPython(read, [fileOf(format)])) as ReadGraph
      expect(graph.directed).toBe(true)
      expect(graph.nodes.map(([id, host]) => ({ id, host })), format).toEqual(servers)
      expect(graph.arrows.map(([a, b]) => ({ a, b })), format).toEqual(named)
      const hostile = graph.nodes.find(([, , software]) => software?.includes("<script>"))
      expect(hostile![2]).toContain("<script>alert(1)</script><img src=x onerror=alert(1)>&amp;]]>|\\u001b[2J")
      expect(hostile![2]).toContain("one\\r\\ntwo\\n\"three\",four\\ttab\\u2028five|bell\\u0007vertical\\u000bdelete\\u007fnot a character\\uffff")
    }
    expect((JSON.parse(runPython(read, [fileOf("graphml")])) as ReadGraph).about).toBe("0.1.0")
  })

  it("has names for its attributes and positions that it understands", () => {
    const program = "import sys, networkx; print(sorted({key for _, data in networkx.read_gexf(sys.argv[1]).nodes(data=True) for key in data}))"
    expect(runPython(program, [fileOf("gexf")])).toContain("'named_by'")
  })
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
