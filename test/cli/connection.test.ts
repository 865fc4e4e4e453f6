import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ConnectionInput, resumedConnection, storedConnection } from "../../src/cli/connection.ts"

const given: ConnectionInput = {
  proxy: null,
  tor: "auto",
  resolver: null,
  allowPrivate: false,
  connectTimeout: null,
  replyTimeout: null
}

const begun: ConnectionInput = {
  ...given,
  proxy: "socks5://user:secret@127.0.0.1:1080",
  tor: "socks5://me:hidden@127.0.0.1:9050",
  resolver: "127.0.0.1:53",
  connectTimeout: 2000
}

describe("the connection of a resumed crawl", () => {
  it("is stored without credentials", () => {
    const stored = storedConnection(begun)
    assert.notMatch(JSON.stringify(stored), /user|secret|me:|hidden/)
    assert.deepInclude(stored, { proxyCredentials: true, torCredentials: true, proxy: "socks5://127.0.0.1:1080" })
  })

  it.effect("never goes on without a proxy whose password is not stored", () =>
    Effect.gen(function*() {
      const resumed = (now: ConnectionInput) => resumedConnection(now, storedConnection(begun), false)
      const noProxy = yield* Effect.flip(resumed(given))
      assert.match(noProxy.message, /give --proxy again/)
      const noTor = yield* Effect.flip(resumed({ ...given, proxy: "socks5://user:secret@127.0.0.1:1080" }))
      assert.match(noTor.message, /give --tor again/)
    }))

  it.effect("is what is given now, else what was stored", () =>
    Effect.gen(function*() {
      const stored = storedConnection({ ...begun, proxy: "socks5://127.0.0.1:1080", tor: "off" })
      const same = yield* resumedConnection(given, stored, true)
      assert.deepStrictEqual(same, {
        proxy: "socks5://127.0.0.1:1080",
        tor: "off",
        resolver: "127.0.0.1:53",
        allowPrivate: true,
        connectTimeout: 2000,
        replyTimeout: null
      })
      const other = yield* resumedConnection({ ...given, proxy: "socks5://127.0.0.1:9999", replyTimeout: 5 }, stored, false)
      assert.deepInclude(other, { proxy: "socks5://127.0.0.1:9999", tor: "off", allowPrivate: false, replyTimeout: 5 })
    }))
})
