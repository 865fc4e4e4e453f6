import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { collectSource, collectSources } from "../../../src/discovery/sources/collect.ts"
import { givenSource, listSource, shippedSource } from "../../../src/discovery/sources/list-sources.ts"
import { shippedChains } from "../../../src/domain/chain.ts"
import { sha256Hex } from "../../../src/domain/sha256.ts"
import { httpServer } from "../../support/http-server.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet")!
const walletList = JSON.stringify({
  "a.example.org": { pruning: "-", s: "50002", t: "50001", version: "1.4.2" },
  "10.1.2.3": { pruning: "-", s: "50002", version: "1.4" }
})

layer(Layer.merge(NodeServices.layer, NodeHttpClient.layerFetch))("lists that a crawl begins with", (it) => {
  it.effect("come from a URL, with its date and hash, and are a stranger's word", () =>
    Effect.gen(function*() {
      const url = yield* httpServer((_, response) => response.writeHead(200, { "last-modified": "Tue, 03 Nov 2026 10:00:00 GMT" }).end(walletList))
      const collection = yield* collectSource(listSource(url, chain, false))
      assert.deepInclude(collection, {
        source: { kind: "list", name: url, detail: null },
        outcome: "complete",
        dated: Date.UTC(2026, 10, 3, 10),
        sha256: sha256Hex(walletList),
        notes: ["2 entries, read as wallet servers.json", "1 of them with a problem"]
      })
      assert.deepStrictEqual(collection.said[0]!.advertisements.map(({ host, problem, services }) => [host, problem, services.length]), [
        ["a.example.org", null, 2],
        ["10.1.2.3", "address not public", 0]
      ])
    }))

  it.effect("are called by their address without its account and query, where passwords and tokens are", () =>
    Effect.gen(function*() {
      const asked: Array<string | undefined> = []
      const url = yield* httpServer((request, response) => {
        asked.push(request.url)
        response.writeHead(asked.length === 1 ? 200 : 404).end(walletList)
      })
      const withToken = `${url}/list?token=SECRET`
      const withAccount = url.replace("//", "//somebody:SECRET@")
      const refused = url.replace(/:\d+.*$/, ":1/list?token=SECRET")
      const collections = yield* Effect.forEach([withToken, withToken, withAccount, refused, "http://somebody:SECRET@[/x"], (list) => collectSource(listSource(list, chain, false)))
      assert.notInclude(JSON.stringify(collections), "SECRET")
      assert.deepStrictEqual(collections.map(({ reason }) => reason), [null, "http status", "not allowed", "cannot read", "not allowed"])
      assert.match(collections[0]!.source.name, /^http:.*\/list\?…$/)
      assert.deepStrictEqual(asked, asked.map(() => asked[0]!))
      assert.match(asked[0]!, /token=SECRET$/)
    }))

  it.effect("come from a file, which is the user's own word", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/servers.json`
      yield* fs.writeFileString(path, walletList)
      yield* fs.utimes(path, new Date("2026-10-01T00:00:00Z"), new Date("2026-10-02T00:00:00Z"))
      const collection = yield* collectSource(listSource(path, chain, false))
      assert.deepInclude(collection, { outcome: "complete", dated: Date.UTC(2026, 9, 2), sha256: sha256Hex(walletList) })
      assert.deepStrictEqual(collection.said[0]!.advertisements.map(({ problem }) => problem), [null, null])
    }))

  it.effect("fail one by one, each with its reason, and the others count", () =>
    Effect.gen(function*() {
      const missing = yield* httpServer((_, response) => response.writeHead(404).end())
      const html = yield* httpServer((_, response) => response.end("{ not json"))
      const collections = yield* collectSources([
        listSource(missing, chain, false),
        listSource(html, chain, false),
        listSource("/nonexistent/list", chain, false),
        listSource("https://electrum.example.org/servers.json", chain, false),
        givenSource(["a.example.org:50002:s"], chain),
        shippedSource(chain)!
      ])
      assert.deepStrictEqual(collections.map(({ outcome, reason }) => [outcome, reason]), [
        ["failed", "http status"],
        ["failed", "bad format"],
        ["failed", "not found"],
        ["failed", "not allowed"],
        ["complete", null],
        ["complete", null]
      ])
      assert.isAbove(collections[5]!.said[0]!.advertisements.length, 80)
      assert.strictEqual(collections[5]!.dated, Date.UTC(2026, 7, 21))
    }))
})
