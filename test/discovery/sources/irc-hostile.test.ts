import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Socket } from "node:net"
import { collectSource } from "../../../src/discovery/sources/collect.ts"
import { ircSource } from "../../../src/discovery/sources/irc/irc-source.ts"
import { ircTargetText, parseIrcTarget } from "../../../src/discovery/sources/irc/irc-target.ts"
import { shippedChains } from "../../../src/domain/chain.ts"
import { dialerLayer, type DialingOptions } from "../../support/dialing.ts"
import { tcpServer } from "../../support/loopback-server.ts"
import { socksServer } from "../../support/socks-server.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet")!
const regtest = shippedChains.find(({ name }) => name === "regtest")!

/** A server that answers each line it gets as it is told, and keeps what it got. */
const scripted = (answer: (line: string, socket: Socket, nick: string) => string | undefined) =>
  Effect.gen(function*() {
    const got: Array<string> = []
    const server = yield* tcpServer((socket) => {
      let rest = ""
      let nick = "*"
      socket.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\r\n")
        rest = lines.pop()!
        for (const line of lines) {
          got.push(line)
          if (line.startsWith("NICK ")) nick = line.slice(5)
          const reply = answer(line, socket, nick)
          if (reply !== undefined) socket.write(reply.replaceAll("\n", "\r\n"))
        }
      })
    })
    return { got, port: server.port }
  })

const collect = (url: string, options: DialingOptions = {}, listenMs = 300) => {
  const target = parseIrcTarget(url, chain)
  if (typeof target === "string") throw new Error(target)
  return collectSource(ircSource(target, chain, false, listenMs)).pipe(Effect.provide(dialerLayer(options)))
}

const welcome = (nick: string) => `:irc 001 ${nick} :Welcome\n`

/** Lets us in and answers WHO with these lines. */
const channelWith = (who: (nick: string) => string) => (line: string, _: Socket, nick: string): string | undefined =>
  line.startsWith("USER ")
    ? welcome(nick)
    : line.startsWith("JOIN ")
    ? `:${nick}!x@y JOIN #electrum\n:irc 353 ${nick} = #electrum :${nick}\n:irc 366 ${nick} #electrum :End\n`
    : line === "WHO #electrum"
    ? who(nick)
    : line.startsWith("CAP LS")
    ? ":irc CAP * LS :\n"
    : undefined

const row = (nick: string, of: string, realName: string) => `:irc 352 ${nick} #electrum u h irc ${of} H :0 ${realName}\n`

describe("a hostile server of a channel", { concurrent: true }, () => {
  it.live("costs bounded memory with a line that never ends, and what it said before stays", () =>
    Effect.gen(function*() {
      const { port } = yield* scripted((line, socket, nick) => {
        if (line !== "WHO #electrum") return channelWith(() => "")(line, socket, nick)
        const flood = (): void => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0x61)));
          if (!socket.destroyed) socket.once("drain", flood)
        }
        socket.write(row(nick, "E_a", "a.example.org s").replaceAll("\n", "\r\n"))
        flood()
        return undefined
      })
      const collection = yield* collect(`irc://127.0.0.1:${port}`, {}, 20_000)
      assert.deepInclude(collection, { outcome: "partial", reason: "bad format" })
      assert.include(collection.detail, "4,000,000 bytes")
      assert.deepStrictEqual(collection.said.map(({ advertisements: [ad] }) => ad!.host), ["a.example.org"])
    }))

  it.live("that invents thousands of nicks is read up to 5,000 of them, and the rest is counted", () =>
    Effect.gen(function*() {
      const { port } = yield* scripted(channelWith((nick) =>
        `${Array.from({ length: 6_500 }, (_, i) => row(nick, `E_${i}`, `h${i}.example.org s`)).join("")}:irc 315 ${nick} #electrum :End\n`))
      const collection = yield* collect(`irc://127.0.0.1:${port}`, {}, 3_000)
      assert.deepStrictEqual([collection.outcome, collection.said.length, collection.dropped], ["complete", 5_000, 1_500])
      assert.include(collection.notes, "1500 more not read")
    }))

  it.live("says one thing of one nick once, and nonsense makes nothing of it fall over", () =>
    Effect.gen(function*() {
      const { got, port } = yield* scripted(channelWith((nick) =>
        [
          row(nick, "E_a", "a.example.org s").repeat(300),
          "352\n:irc 352\n:irc 352 x y\n353\n366\n:\n \n@tag\n@a=b :irc PRIVMSG\nNICK\nJOIN\n:E_b JOIN\n433\n:irc 315\n",
          `:E_z!x@y PRIVMSG ${nick} :\u0001VERSION\u0001\n:E_z!x@y INVITE ${nick} :#elsewhere\n`,
          `:${nick}!x@y NICK :obsother\n`
        ].join("")))
      const collection = yield* collect(`irc://127.0.0.1:${port}`)
      assert.deepInclude(collection, { outcome: "complete" })
      assert.lengthOf(collection.said, 1)
      // Registering, the channel and one question: nothing is said to anybody.
      assert.isEmpty(got.filter((line) => !/^(CAP |NICK |USER |JOIN #electrum$|WHO #electrum$|QUIT)/.test(line)))
    }))

  it.live("that closes, refuses every nick or sends what the library stumbles over is a failure with its words", () =>
    Effect.gen(function*() {
      const closing = yield* scripted((line, socket) => {
        if (line.startsWith("USER ")) socket.end("ERROR :Closing Link: no clients today\r\n")
        return undefined
      })
      const closed = yield* collect(`irc://127.0.0.1:${closing.port}`)
      assert.deepInclude(closed, { outcome: "failed", reason: "cannot connect" })
      assert.include(closed.detail, "no clients today")
      const picky = yield* scripted((line) => line.startsWith("NICK ") ? `:irc 433 * ${line.slice(5)} :Nickname is already in use.\n` : undefined)
      assert.deepInclude(yield* collect(`irc://127.0.0.1:${picky.port}`), { outcome: "failed", reason: "not allowed" })
      const lying = yield* scripted((line) => line.startsWith("CAP LS") ? ":irc CAP * LS :multi-prefix\n:irc CAP * ACK :sasl\n" : undefined)
      assert.deepInclude(yield* collect(`irc://me:secret@127.0.0.1:${lying.port}`), { outcome: "failed", reason: "bad format" })
    }))

  it.live("gets an account by SASL only where nobody else can read it", () =>
    Effect.gen(function*() {
      const sasl = yield* scripted((line, socket, nick) =>
        line.startsWith("CAP LS")
          ? ":irc CAP * LS :sasl\n"
          : line.startsWith("CAP REQ")
          ? ":irc CAP * ACK :sasl\n"
          : line === "AUTHENTICATE PLAIN"
          ? "AUTHENTICATE +\n"
          : line === `AUTHENTICATE ${Buffer.from("me\0me\0secret").toString("base64")}`
          ? `:irc 900 ${nick} me me :Logged in\n:irc 903 ${nick} :ok\n`
          : line === "CAP END"
          ? welcome(nick)
          : line.startsWith("USER ")
          ? undefined
          : channelWith(() => row(nick, "E_a", "a.example.org s"))(line, socket, nick))
      assert.deepInclude(yield* collect(`irc://me:secret@127.0.0.1:${sasl.port}`), { outcome: "complete", source: { kind: "irc", name: `irc://127.0.0.1:${sasl.port}/#electrum`, detail: null } })
      const wrong = yield* scripted((line, _, nick) => line.startsWith("CAP LS") ? ":irc CAP * LS :sasl\n" : line.startsWith("CAP REQ") ? ":irc CAP * ACK :sasl\n" : line === "AUTHENTICATE PLAIN" ? `:irc 904 ${nick} :SASL authentication failed\n` : undefined)
      assert.deepInclude(yield* collect(`irc://me:other@127.0.0.1:${wrong.port}`), { outcome: "failed", reason: "not allowed" })
      const proxy = yield* socksServer({ answer: () => ({ port: sasl.port }) })
      const options: DialingOptions = { proxy: { host: "127.0.0.1", port: proxy.port, credentials: null } }
      const clear = yield* collect("irc://me:secret@irc.example.org", options)
      assert.deepInclude(clear, { outcome: "failed", reason: "not allowed" })
      assert.notInclude(clear.detail, "secret")
      // Without an account the proxy leads there.
      assert.deepInclude(yield* collect("irc://irc.example.org/electrum", options), { outcome: "complete", reason: null })
      assert.deepStrictEqual(proxy.requests.map(({ host }) => host), ["irc.example.org", "irc.example.org"])
    }))
})

describe("the address of a channel", () => {
  it.each([
    ["irc://irc.example.org", "irc://irc.example.org:6667/#electrum", "E_"],
    ["ircs://irc.example.org/", "ircs://irc.example.org:6697/#electrum", "E_"],
    ["irc://irc.example.org:7000/other?prefix=EL_", "irc://irc.example.org:7000/#other", "EL_"],
    ["irc://irc.example.org?prefix=#other", "irc://irc.example.org:6667/#other", ""],
    ["irc://[2001:db8::1]/%26local", "irc://[2001:db8::1]:6667/&local", "E_"],
    ["irc://localhost/electrum", "irc://127.0.0.1:6667/#electrum", "E_"]
  ])("%s is %s", (text, shown, prefix) => {
    const target = parseIrcTarget(text, chain)
    if (typeof target === "string") throw new Error(target)
    assert.deepStrictEqual([ircTargetText(target), target.nickPrefix], [shown, prefix])
  })

  it.each([
    ["https://irc.example.org", "expected irc://"],
    ["irc.example.org", "expected irc://"],
    ["irc://irc.example.org/a%20b", "no channel"],
    ["irc://irc.example.org/a%0d%0aQUIT", "no channel"],
    ["irc://irc.example.org/a,b", "no channel"],
    ["irc://me@irc.example.org/a", "password"],
    ["irc://irc.example.org/a?prefix=%0d%0aQUIT", "prefix"]
  ])("%s is none", (text, problem) => {
    assert.include(parseIrcTarget(text, chain), problem)
  })

  it("has to name a channel where the chain never had one", () => {
    assert.include(parseIrcTarget("irc://irc.example.org", regtest), "no channel of its own")
    assert.isObject(parseIrcTarget("irc://irc.example.org/x", regtest))
  })
})
