import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll, beforeAll } from "vitest"
import { type Collection, collectSource } from "../../../src/discovery/sources/collect.ts"
import { ircSource } from "../../../src/discovery/sources/irc/irc-source.ts"
import { type IrcTarget, parseIrcTarget } from "../../../src/discovery/sources/irc/irc-target.ts"
import { shippedChains } from "../../../src/domain/chain.ts"
import { dialerLayer } from "../../support/dialing.ts"
import { type Bot, type Ngircd, ngircdInstalled, startBot, startNgircd } from "../../support/ngircd.ts"
import { makeTestCertificate } from "../../support/test-certificate.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet")!

const targetOf = (url: string): IrcTarget => {
  const target = parseIrcTarget(url, chain)
  if (typeof target === "string") throw new Error(target)
  return target
}

const collect = (url: string, listenMs = 700): Promise<Collection> =>
  Effect.runPromise(collectSource(ircSource(targetOf(url), chain, false, listenMs)).pipe(Effect.provide(dialerLayer())))

/** Nick, host, services and problem of everything that was said, by nick. */
const saidIn = (collection: Collection) =>
  collection.said
    .map(({ advertisements: [ad], by }) => [by.detail, ad!.host, ad!.services.map(({ port, transport }) => `${transport} ${port}`).join(", "), ad!.problem])
    .toSorted(([a], [b]) => (a! < b! ? -1 : 1))

describe.runIf(ngircdInstalled())("a channel of a real ngircd", { concurrent: true }, () => {
  let ircd: Ngircd
  const bots: Array<Bot> = []
  const bot = async (nick: string, realName: string | Buffer, channel: string) => {
    const started = await startBot(ircd.port, nick, realName, channel)
    bots.push(started)
    return started
  }

  beforeAll(async () => {
    ircd = await startNgircd(makeTestCertificate({ dns: ["irc.sim.test"] }))
  })
  afterAll(() => {
    for (const { leave } of bots) leave()
    ircd?.stop()
  })

  it("is read by real names, those that make no sense or lie included, and only nicks of servers count", async () => {
    for (const [nick, realName] of [
      ["E_plain", "plain.example.org v1.0 s t"],
      ["E_ports", "ports.example.org v1.4 p10000 t50011 s443"],
      ["E_onion", `${"a".repeat(56)}.onion v1.2 t`],
      ["E_noport", "noport.example.org v1.0"],
      ["E_private", "10.1.2.3 v1.0 s t"],
      ["E_inside", "router.local v1.0 t"],
      ["E_html", "<script>alert(1)</script> s t"],
      ["E_crowd", "many.example.org s1 s2 s3 t99999 t0 s-1 sxyz"],
      ["E_blank", "v1.0"],
      ["E_bytes", Buffer.from([0xff, 0xfe, 0x2e, 0x62, 0x20, 0x73])],
      ["E_dup", "plain.example.org v1.0 s t"],
      ["visitor", "not.a.server.example.org v1.0 s t"]
    ] as const) await bot(nick, realName, "#electrum")
    const collection = await collect(`irc://127.0.0.1:${ircd.port}`)
    assert.deepInclude(collection, { outcome: "complete", reason: null, source: { kind: "irc", name: `irc://127.0.0.1:${ircd.port}/#electrum`, detail: null } })
    assert.deepStrictEqual(saidIn(collection), [
      ["E_blank", null, "", "bad host"],
      ["E_bytes", null, "", "bad host"],
      ["E_crowd", "many.example.org", "tls 1, tls 2, tls 3", null],
      ["E_dup", "plain.example.org", "tcp 50001, tls 50002", null],
      ["E_html", null, "", "bad host"],
      ["E_inside", null, "", "bad host"],
      ["E_noport", "noport.example.org", "", "no usable port"],
      ["E_onion", `${"a".repeat(56)}.onion`, "tcp 50001", null],
      ["E_plain", "plain.example.org", "tcp 50001, tls 50002", null],
      ["E_ports", "ports.example.org", "tcp 50011, tls 443", null],
      ["E_private", "10.1.2.3", "", "address not public"]
    ])
  })

  it("is listened to over TLS, any channel and prefix, also to who comes later, and hears nothing from us", async () => {
    const first = await bot("X_first", "first.example.org s", "#other")
    const listening = collect(`ircs://127.0.0.1:${ircd.tlsPort}/other?prefix=X_`, 2_500)
    await new Promise((resolve) => setTimeout(resolve, 800))
    const before = Date.now()
    const late = await bot("X_late", "late.example.org t", "#other")
    late.send("PRIVMSG #other :hello all")
    const collection = await listening
    assert.deepStrictEqual(saidIn(collection).map(([nick, host]) => [nick, host]), [["X_first", "first.example.org"], ["X_late", "late.example.org"]])
    assert.isAtLeast(collection.said.find(({ by }) => by.detail === "X_late")!.at, before)
    assert.deepStrictEqual([...late.messages, ...first.messages.filter((line) => !line.startsWith(":X_late"))], [])
  })

  it("fails with a reason where it cannot be joined, and where nobody listens", async () => {
    assert.deepInclude(await collect(`irc://127.0.0.1:${ircd.port}/closed`), { outcome: "failed", reason: "not allowed" })
    assert.deepInclude(await collect("irc://127.0.0.1:1/electrum"), { outcome: "failed", reason: "cannot connect" })
    assert.deepInclude(await collect("irc://192.0.2.1/electrum"), { outcome: "failed", reason: "not allowed" })
  })
})
