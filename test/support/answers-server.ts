import { createReadStream, existsSync, statSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join, normalize } from "node:path"
import { gzipSync } from "node:zlib"
import { contentSecurityPolicy } from "../../src/api/security-headers.ts"
import type { CrawlRow } from "../../src/atlas/shapes/crawl.ts"
import { encodeGraph } from "../../src/atlas/shapes/graph-bytes.ts"
import type { InventedNetwork } from "./invented-network.ts"

const types: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" }

/** The built viewer with answers about an invented network, on loopback, compressed once; under the policy that `serve` sends. */
export const serveAnswers = async (viewer: string, { edges, head, rows }: InventedNetwork) => {
  const crawl: CrawlRow = {
    crawlId: head.crawlId, kind: "crawl", network: "mainnet", chainTitle: "Bitcoin", simulated: true, state: "finished", startedAt: "2026-11-26T09:00:00.000Z",
    endedAt: "2026-11-26T10:00:00.000Z", analysedAt: "2026-11-26T10:01:00.000Z", vantage: "invented", ways: ["ipv4"], codeVersion: "0.1.0",
    counts: { advertisements: rows.length, endpoints: rows.length, endpointsReachable: rows.length, servers: rows.length, serversReachable: rows.filter((row) => row.reachable).length, operatorGroups: null }
  }
  const page = { crawlId: head.crawlId, simulated: true, total: rows.length, matching: rows.length, offset: 0, rows }
  const json = (value: unknown) => ({ type: "application/json", body: gzipSync(JSON.stringify(value)) })
  const answers = new Map([
    ["about", json({ version: "0.1.0", public: false, sql: false, notes: false })],
    ["crawls", json([crawl])],
    ["crawls/latest", json(crawl)],
    ["crawls/latest/servers", json(page)],
    ["crawls/latest/graph", json(head)],
    ["crawls/latest/graph.bin", { type: "application/octet-stream", body: gzipSync(encodeGraph(edges)) }]
  ])
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname.slice(1)
    if (path === "api/v1/events") {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders()
      return
    }
    if (path.startsWith("api/v1/")) {
      const answer = answers.get(path.slice(7))
      if (answer === undefined) response.writeHead(404, { "content-type": "application/json" }).end(`{"_tag":"NotFound","message":"Not invented."}`)
      else response.writeHead(200, { "content-type": answer.type, "content-encoding": "gzip" }).end(answer.body)
      return
    }
    const file = join(viewer, normalize(path === "" ? "index.html" : path))
    if (!file.startsWith(viewer) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-security-policy": contentSecurityPolicy })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  }
}
