import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Exit, Fiber, FileSystem, Layer } from "effect"
import { TestClock } from "effect/testing"
import { FetchHttpClient } from "effect/http"
import { readExclusions } from "../../src/discovery/read-exclusions.ts"
import { httpServer } from "../support/http-server.ts"

const loopbackOnly = ConfigProvider.layer(ConfigProvider.fromUnknown({ OBSERVATORY_LOOPBACK_ONLY: "1" }))
const reasonOf = (source: string) =>
  readExclusions(source).pipe(Effect.flip, Effect.map((error) => error.reason))

for (const [name, client] of [["node:http", NodeHttpClient.layerNodeHttp], ["fetch", FetchHttpClient.layer]] as const) {
  layer(Layer.mergeAll(NodeServices.layer, client, loopbackOnly))(`an opt-out list through ${name}`, (it) => {
    it.effect("is fetched from a URL, redirects followed", () =>
      Effect.gen(function*() {
        const url = yield* httpServer((request, response) => {
          if (request.url === "/list") response.writeHead(302, { location: "/moved" }).end()
          else response.end("a.example.org\n*.b.example\nnot an entry\n")
        })
        const list = yield* readExclusions(url)
        assert.strictEqual(list.size, 2)
        assert.deepStrictEqual(list.unreadable, ["not an entry"])
        assert.strictEqual(list.excludes("x.b.example", []), "*.b.example")
      }))

    it.effect("is not fetched from elsewhere while only loopback is allowed, nor through a redirect", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* reasonOf("https://electrum.example.org/list"), "not allowed")
        assert.strictEqual(yield* reasonOf("http://localhost:1/list"), "not allowed")
        assert.strictEqual(yield* reasonOf("ftp://127.0.0.1/list"), "not allowed")
        const away = yield* httpServer((_, response) => response.writeHead(301, { location: "http://192.0.2.1/" }).end())
        assert.strictEqual(yield* reasonOf(away), "not allowed")
        const round = yield* httpServer((_, response) => response.writeHead(301, { location: "/list" }).end())
        assert.strictEqual(yield* reasonOf(round), "http status")
      }))

    it.effect("fails rather than excluding nothing when the answer is no list", () =>
      Effect.gen(function*() {
        const missing = yield* httpServer((_, response) => response.writeHead(404).end("a.example.org"))
        assert.strictEqual(yield* reasonOf(missing), "http status")
        const page = yield* httpServer((_, response) => response.end("<html>soon back</html>"))
        assert.strictEqual(yield* reasonOf(page), "bad format")
        const prose = yield* httpServer((_, response) => response.end("we are sorry\nplease come back\n"))
        assert.strictEqual(yield* reasonOf(prose), "bad format")
      }))

    it.effect("is cut off when it never ends", () =>
      Effect.gen(function*() {
        const url = yield* httpServer((_, response) => {
          const more = (): void => {
            while (response.write("a.example.org\n".repeat(10_000))) continue
            response.once("drain", more)
          }
          more()
        })
        assert.strictEqual(yield* reasonOf(url), "too large")
      }))

    it.effect("is given up after 30 seconds", () =>
      Effect.gen(function*() {
        let asked: () => void
        const request = new Promise<void>((resolve) => {
          asked = resolve
        })
        const url = yield* httpServer((_, response) => {
          response.write("a.example.org\n")
          asked()
        })
        const fiber = yield* Effect.forkChild(reasonOf(url))
        yield* Effect.promise(() => request)
        yield* TestClock.adjust("31 seconds")
        assert.strictEqual(yield* Fiber.join(fiber), "timeout")
      }))

    it.effect("cannot be read where nobody listens", () =>
      Effect.gen(function*() {
        const url = yield* Effect.scoped(httpServer((_, response) => response.end()))
        assert.strictEqual(yield* reasonOf(url), "cannot read")
      }))
  })
}

layer(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerNodeHttp, loopbackOnly))("an opt-out file", (it) => {
  it.effect("is read, and may be empty", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* fs.makeTempFileScoped()
      yield* fs.writeFileString(path, "# nobody yet\n")
      assert.strictEqual((yield* readExclusions(path)).size, 0)
      yield* fs.writeFileString(path, "1.2.3.0/24\n")
      assert.strictEqual((yield* readExclusions(path)).excludes("1.2.3.4", []), "1.2.3.0/24")
    }))

  it.effect("fails when it is missing", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(readExclusions("/nowhere/list"))
      assert.strictEqual(Exit.isFailure(exit), true)
      assert.strictEqual(yield* reasonOf("/nowhere/list"), "not found")
    }))
})
