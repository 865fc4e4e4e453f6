import { connect } from "node:net"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { contentSecurityPolicy } from "../../src/api/security-headers.ts"
import { hostCheck, refusalOf } from "../../src/api/guard.ts"
import { serveForTest } from "../support/api-server.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

describe("the name a server is asked by", () => {
  const check = (options: Partial<Parameters<typeof hostCheck>[0]>) => hostCheck({ port: 8465, host: "127.0.0.1", names: [], ...options })

  it("is that of this machine with the port; a stranger's name that leads here is refused", () => {
    const isOurs = check({})
    for (const host of ["127.0.0.1:8465", "localhost:8465", "LOCALHOST:8465", "[::1]:8465"]) assert.isTrue(isOurs(host), host)
    for (const host of [undefined, "", "127.0.0.1", "127.0.0.1:80", "evil.example:8465", "localhost.evil.example:8465", "192.168.1.2:8465", "localhost:8465.evil.example", "[::1]:8465]"]) {
      assert.isFalse(isOurs(host), String(host))
    }
  })

  it("may be the one that is listened on, or one that was added, behind a proxy with any port", () => {
    const isOurs = check({ host: "10.0.0.5", names: ["atlas.example.org"] })
    for (const host of ["10.0.0.5:8465", "atlas.example.org", "atlas.example.org:443"]) assert.isTrue(isOurs(host), host)
    assert.isFalse(isOurs("atlas.example.org.evil.example"))
    assert.isTrue(check({ host: "fe80::1" })("[fe80::1]:8465"))
    assert.isTrue(check({ port: 80 })("localhost"))
  })

  it("may be any address where all are listened on, since only names can be made to lead elsewhere", () => {
    for (const host of ["0.0.0.0", "::"]) {
      const isOurs = check({ host })
      for (const name of ["192.168.1.2:8465", "[2001:db8::1]:8465", "localhost:8465"]) assert.isTrue(isOurs(name), name)
      for (const name of ["evil.example:8465", "192.168.1.2:80", "192.168.1.2.evil.example:8465"]) assert.isFalse(isOurs(name), name)
    }
  })
})

describe("a request that changes or costs something", () => {
  const asked = (method: string, headers: Record<string, string>) =>
    refusalOf({ method, headers: { host: "localhost:8465", ...headers } }, () => true)?._tag ?? null
  const json = { "content-type": "application/json; charset=utf-8" }

  it("comes from a page of this server or from no page", () => {
    assert.isNull(asked("POST", json))
    assert.isNull(asked("POST", { ...json, origin: "http://localhost:8465", "sec-fetch-site": "same-origin" }))
    assert.isNull(asked("DELETE", {}))
    for (const origin of ["http://evil.example", "null", "http://localhost:8466", "https://localhost:8465.evil.example"]) {
      assert.strictEqual(asked("POST", { ...json, origin }), "Forbidden", origin)
      assert.strictEqual(asked("DELETE", { origin }), "Forbidden", origin)
    }
    for (const site of ["cross-site", "same-site"]) assert.strictEqual(asked("POST", { ...json, "sec-fetch-site": site }), "Forbidden", site)
  })

  it("is JSON, which no form of a foreign page can send", () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json2"]) {
      assert.strictEqual(asked("POST", { "content-type": type }), "BadRequest", type)
    }
    assert.strictEqual(asked("POST", {}), "BadRequest")
    for (const method of ["PUT", "PATCH", "OPTIONS", "TRACE"]) assert.strictEqual(asked(method, json), "BadRequest", method)
  })
})

const served = (options: { token?: string } = {}) =>
  Effect.gen(function*() {
    const db = `${yield* temporaryFolder}/observatory.duckdb`
    yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
    return yield* serveForTest({ db, ...options })
  })

layer(NodeServices.layer, { excludeTestServices: true })("the door", (it) => {
  it.effect("gives every answer the strict headers: pages, data, errors, what was not found, and what was refused", () =>
    Effect.gen(function*() {
      const { ask, port } = yield* served()
      const answers = yield* Effect.promise(() => Promise.all([
        ask("/"),
        ask("/docs"),
        ask("/assets/app.js"),
        ask("/api/v1/crawls"),
        ask("/api/v1/crawls/99"),
        ask("/nothing"),
        ask("/api/v1/crawls", { headers: { host: "evil.example" } }),
        ask("/api/v1/sql", { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" }),
        ask("/api/v1/sql", { method: "POST", headers: { "content-type": "application/json" }, body: "{" })
      ]))
      assert.deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 404, 404, 403, 400, 400])
      for (const { headers } of answers) {
        assert.strictEqual(headers["content-security-policy"], contentSecurityPolicy)
        assert.deepStrictEqual(
          ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"].map((name) => headers[name]),
          ["nosniff", "no-referrer", "same-origin", "same-origin"]
        )
        assert.isUndefined(headers["access-control-allow-origin"])
      }
      assert.notMatch(contentSecurityPolicy, /unsafe|\*|https?:/)
      assert.isAbove(port, 0)
    }))

  it.effect("refuses bodies that are too long, of another form, or no JSON, and goes on", () =>
    Effect.gen(function*() {
      const { ask } = yield* served()
      const post = (body: string) => Effect.promise(() => ask("/api/v1/sql", { method: "POST", headers: { "content-type": "application/json" }, body }))
      for (const body of ["", "null", "[]", "{}", "{\"sql\":1}", "{\"sql\":\"SELECT 1\",\"parameters\":{\"a\":[1]}}", `{"sql":"${" ".repeat(400_000)}"}`]) {
        const { status, text } = yield* post(body)
        assert.strictEqual(status, 400, body.slice(0, 40))
        assert.strictEqual((JSON.parse(text) as { _tag: string })._tag, "BadRequest")
      }
      assert.strictEqual((yield* post("{\"sql\":\"SELECT 1\"}")).status, 200)
    }))

  it.effect("survives what is no HTTP", () =>
    Effect.gen(function*() {
      const { ask, port } = yield* served()
      for (const bytes of ["\0\x01\x02\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", `GET /${"a".repeat(50_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, "POST /api/v1/sql HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n"]) {
        const reply = yield* Effect.promise(() => new Promise<string>((resolve) => {
          let text = ""
          const socket = connect(port, "127.0.0.1", () => socket.end(bytes))
          socket.on("data", (chunk: Buffer) => (text += chunk.toString()))
          socket.on("error", () => resolve(text))
          socket.on("close", () => resolve(text))
        }))
        assert.match(reply, /^HTTP\/1\.1 4\d\d /, bytes.slice(0, 20))
      }
      assert.strictEqual((yield* Effect.promise(() => ask("/api/v1/crawls"))).status, 200)
    }))

  it.effect("asks for its token everywhere, takes it as bearer or once in the address, and never shows it again", () =>
    Effect.gen(function*() {
      const token = "a token that is long enough"
      const { ask } = yield* served({ token })
      const get = (path: string, headers: Record<string, string> = {}) => Effect.promise(() => ask(path, { headers }))
      for (const path of ["/", "/api/v1/crawls", "/docs", "/openapi.json", "/assets/app.js", "/?token=wrong", "/api/v1/crawls?token=a%20token%20that%20is%20long%20enough"]) {
        const { headers, status, text } = yield* get(path)
        assert.deepStrictEqual([status, headers["www-authenticate"], headers["set-cookie"]], [401, "Bearer", undefined], path)
        assert.notInclude(text, token)
      }
      assert.strictEqual((yield* get("/api/v1/crawls", { authorization: `Bearer ${token}` })).status, 200)
      assert.strictEqual((yield* get("/api/v1/crawls", { authorization: `Bearer ${token}x` })).status, 401)
      const login = yield* get(`/?token=${encodeURIComponent(token)}`)
      const cookie = String(login.headers["set-cookie"])
      assert.match(cookie, /^observatory_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
      // Not a redirection by the server: a strict cookie would not come with the request it leads to.
      assert.deepStrictEqual([login.status, login.headers["cache-control"], login.headers["location"]], [200, "no-store", undefined])
      assert.include(login.text, "http-equiv=\"refresh\"")
      assert.notInclude(login.text + cookie, token)
      const session = cookie.split(";")[0]!
      assert.strictEqual((yield* get("/api/v1/crawls", { cookie: `other=1; ${session}` })).status, 200)
      assert.strictEqual((yield* get("/", { cookie: session })).status, 200)
      assert.strictEqual((yield* get("/", { cookie: `${session.slice(0, -1)}${session.endsWith("A") ? "B" : "A"}` })).status, 401)
    }))
})
