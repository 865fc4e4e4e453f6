import { assert, describe, it } from "vitest"
import { observedSpans, silencesOf, type WatchedLook } from "../../src/watch/looks.ts"
import { reachEvents } from "../../src/watch/reach-events.ts"
import { reliabilityAt } from "../../src/watch/reliability.ts"
import { type WatchedServer, wideOutages } from "../../src/watch/wide-outages.ts"

const minute = 60_000

/** Looks by minute: `u` up, `d` down, `l` lost, `?` unknown. */
const looksOf = (text: string, everyMin = 15, fromMin = 0): ReadonlyArray<WatchedLook> =>
  [...text].map((letter, i) => ({
    at: (fromMin + i * everyMin) * minute,
    state: letter === "u" ? "up" : letter === "?" ? "unknown" : "down",
    reason: letter === "l" ? "lost" : letter === "d" ? "refused" : letter === "?" ? "proxy" : null,
    dueAt: (fromMin + (i + 1) * everyMin) * minute,
    way: "visit"
  }))

const serverOf = (key: string, looks: ReadonlyArray<WatchedLook>, asn: number | null = null, country: string | null = null): WatchedServer =>
  ({ key, asn, country, isOnion: key.startsWith("onion"), looks, silences: silencesOf(looks), silentSince: null })

const rules = { restartMs: 15 * minute }
const eventsOf = (looks: ReadonlyArray<WatchedLook>) =>
  reachEvents(serverOf("a", looks), [], 1e12, rules).map(({ earliest, kind, latest }) => [kind, earliest / minute, latest / minute])

describe("what looks at one server tell", () => {
  it("is when it fell silent and came back, each between two looks", () => {
    assert.deepStrictEqual(eventsOf(looksOf("uudduu")), [["went silent", 15, 30], ["came back", 45, 60]])
  })

  it("is not that it fell silent before anybody saw it answer", () => {
    assert.deepStrictEqual(eventsOf(looksOf("dduu")), [])
  })

  it("spans looks that failed for our own reasons, and takes none of them for silence", () => {
    assert.deepStrictEqual(eventsOf(looksOf("uu???uu")), [])
    assert.deepStrictEqual(eventsOf(looksOf("u?d?u")), [["went silent", 0, 30], ["came back", 30, 60]])
  })

  it("is a restart where a held connection ended and could be made again soon, else an outage", () => {
    const at = (minutes: number, state: "u" | "l" | "d") => looksOf(state, 1, minutes)[0]!
    assert.deepStrictEqual(eventsOf([at(0, "u"), at(10, "u"), at(10, "l"), at(11, "d"), at(14, "u")]), [["restarted", 10, 10]])
    assert.deepStrictEqual(eventsOf([at(0, "u"), at(10, "u"), at(10, "l"), at(11, "d"), at(40, "u")]), [["went silent", 10, 10], ["came back", 11, 40]])
  })

  it("is that it came back after a silence that began before the looks, with the cause that was told of then", () => {
    const silentSince = { lastUp: -9000 * minute, firstDown: -8985 * minute, reason: "refused" as const, cause: "network outage of AS 1" }
    const told = (text: string) => reachEvents({ ...serverOf("a", looksOf(text)), silentSince }, [], 1e12, rules)
      .map(({ before, cause, kind, latest }) => [kind, latest / minute, before, cause])
    const began = ["went silent", -8985, null, "network outage of AS 1"]
    assert.deepStrictEqual(told("ddd"), [began])
    assert.deepStrictEqual(told("dduuudu"), [
      began,
      ["came back", 30, "refused", "network outage of AS 1"],
      ["went silent", 75, null, null],
      ["came back", 90, "refused", null]
    ])
  })

  it("is how much of its time it was up, without times in which nobody looked", () => {
    const share = (looks: ReadonlyArray<WatchedLook>) => {
      const spans = observedSpans(looks, 30 * minute)
      const [up, all] = spans.reduce(([u, a], span) => [u + span.up * (span.to - span.from), a + span.to - span.from], [0, 0])
      return [up / minute, all / minute]
    }
    assert.deepStrictEqual(share(looksOf("uudduu")), [15 + 7.5 + 0 + 7.5 + 15, 75])
    assert.deepStrictEqual(share(looksOf("u??u")), [0, 0])
    assert.deepStrictEqual(share([...looksOf("uu"), ...looksOf("uu", 15, 600)]), [30, 30])
    assert.deepStrictEqual(share([...looksOf("u"), { ...looksOf("u", 15, 600)[0]!, way: "held" }]), [600, 600])
  })
})

describe("reliability", () => {
  it("is a share of observed time that old looks count less in, with its evidence in hours", () => {
    const spans = observedSpans(looksOf("u".repeat(97) + "d".repeat(9)), 30 * minute)
    const now = 105 * 15 * minute
    const [twoHours, , , , month] = reliabilityAt(now, spans)
    assert.isBelow(twoHours!.share!, 0.5)
    assert.isAbove(month!.share!, 0.9)
    assert.closeTo(month!.evidence, 26.25, 0.6)
  })

  it("goes on from what was known before as if it had seen all of it", () => {
    const looks = looksOf("uuudduuuu?uuuuddduuuuuuu")
    const [now, middle] = [23 * 15 * minute, 11 * 15 * minute]
    const whole = reliabilityAt(now, observedSpans(looks, 30 * minute))
    const half = reliabilityAt(middle, observedSpans(looks.filter(({ at }) => at <= middle), 30 * minute))
    const rest = reliabilityAt(now, observedSpans(looks.filter(({ at }) => at >= middle), 30 * minute), half.map((it) => ({ ...it, at: middle })))
    for (const [i, { evidence, share }] of whole.entries()) {
      assert.closeTo(rest[i]!.share!, share!, 1e-9)
      assert.closeTo(rest[i]!.evidence, evidence, 1e-9)
    }
  })
})

describe("outages of many", () => {
  const slack = { slackMs: minute }
  /** Each looked at at other minutes, silent from minute 100 to 160 unless it says otherwise. */
  const silent = (key: string, asn: number | null, offset: number, country: string | null = null) =>
    serverOf(key, Array.from({ length: 20 }, (_, i) => offset + i * 15).map((at) => looksOf(at > 100 && at < 160 ? "d" : "u", 15, at)[0]!), asn, country)
  const steady = (key: string, asn: number | null, offset: number, country: string | null = null) => serverOf(key, looksOf("u".repeat(20), 15, offset), asn, country)

  it("are our own when most servers fall silent at once, wherever they are, and then no silence is anybody's", () => {
    const servers = [...Array.from({ length: 9 }, (_, i) => silent(`s${i}`, i % 4, i)), steady("onion", null, 3)]
    const [outage, ...others] = wideOutages(servers, slack)
    assert.deepStrictEqual(others, [])
    assert.strictEqual(outage!.kind, "vantage outage")
    assert.isTrue(outage!.from <= 100 * minute && outage!.fromLatest >= 100 * minute)
    for (const server of servers) assert.deepStrictEqual(reachEvents(server, [outage!], 1e12, rules), [])
  })

  it("are one system's when most of its servers do, told as the cause of each silence", () => {
    const servers = [silent("a", 1, 2), silent("b", 1, 7), silent("c", 1, 11), steady("d", 2, 3), steady("e", 3, 5), steady("f", 4, 5), steady("g", 2, 5)]
    const outages = wideOutages(servers, slack)
    assert.deepStrictEqual(outages.map(({ kind, members, where }) => [kind, where, members.size]), [["network outage", "AS 1", 3]])
    assert.deepStrictEqual(reachEvents(servers[0]!, outages, 1e12, rules).map(({ cause }) => cause), ["network outage of AS 1", "network outage of AS 1"])
  })

  it("are one system's and not ours where it has most of the servers", () => {
    const servers = [...Array.from({ length: 8 }, (_, i) => silent(`s${i}`, 1, i)), steady("x", 2, 1), steady("y", 3, 2), steady("z", 4, 4)]
    assert.deepStrictEqual(wideOutages(servers, slack).map(({ kind, where }) => [kind, where]), [["network outage", "AS 1"]])
  })

  it("are a country's where several of its systems fall silent", () => {
    const servers = [silent("a", 1, 2, "DE"), silent("b", 2, 7, "DE"), silent("c", 3, 11, "DE"), ...Array.from({ length: 6 }, (_, i) => steady(`x${i}`, 10 + i, i, "FR"))]
    assert.deepStrictEqual(wideOutages(servers, slack).map(({ where }) => where), ["country DE"])
  })

  it("are Tor's where most onions fall silent and nobody else does: no silence and no restart is theirs, and no time is held against them", () => {
    const at = (minutes: number, state: "u" | "l") => looksOf(state, 1, minutes)[0]!
    const cut = (key: string, seconds: number) => serverOf(key, [at(0, "u"), at(30 + seconds / 60, "l"), at(32, "u"), at(60, "u")])
    const servers = [silent("onion1", null, 2), silent("onion2", null, 7), silent("onion3", null, 11), steady("onion4", null, 3),
      ...Array.from({ length: 11 }, (_, i) => steady(`x${i}`, i % 4, i))]
    const outages = wideOutages(servers, slack)
    assert.deepStrictEqual(outages.map(({ kind, where }) => [kind, where]), [["network outage", "Tor"]])
    assert.deepStrictEqual(reachEvents(servers[0]!, outages, 1e12, rules), [])

    const onions = Array.from({ length: 5 }, (_, i) => cut(`onion${i}`, i))
    const many = [...onions, ...Array.from({ length: 11 }, (_, i) => steady(`x${i}`, i % 4, i))]
    assert.deepStrictEqual(reachEvents(onions[0]!, [], 1e12, rules).map(({ kind }) => kind), ["restarted"])
    for (const onion of onions) assert.deepStrictEqual(reachEvents(onion, wideOutages(many, slack), 1e12, rules), [])
    assert.deepStrictEqual(wideOutages([cut("onion", 0), ...many.slice(5)], slack), [])
  })

  it("are none where one of a system falls silent, or two at different times", () => {
    const late = serverOf("late", looksOf("uuuuuuuuuuuuuuddduuu"), 1)
    const servers = [silent("a", 1, 2), late, ...Array.from({ length: 5 }, (_, i) => steady(`x${i}`, 10 + i, i))]
    assert.deepStrictEqual(wideOutages(servers, slack), [])
  })

  it("are told of connections that are held too, where the most are visited: a tunnel of ours that starts again cuts those alone", () => {
    const lost: ReadonlyArray<WatchedLook> =
      [looksOf("u", 1, 0), looksOf("u", 1, 60), looksOf("l", 1, 60), looksOf("u", 1, 63)].flat().map((look) => ({ ...look, way: "held" as const }))
    const named = (name: string, count: number, looks: ReadonlyArray<WatchedLook>) => Array.from({ length: count }, (_, i) => serverOf(`${name}${i}`, looks, name === "onion" ? null : 10 + i))
    const visited = named("visited", 20, looksOf("uuuuuuuu"))
    const visitedOnions = named("onion", 9, looksOf("uuuuuuuu")).map((onion) => ({ ...onion, key: `${onion.key} visited` }))
    for (const [held, where] of [[named("held", 5, lost), "held connections"], [named("onion", 5, lost), "Tor"]] as const) {
      const outages = wideOutages([...held, ...visited, ...visitedOnions], slack)
      assert.deepStrictEqual(outages.map((outage) => [outage.kind, outage.where, outage.members.size]), [["network outage", where, 5]])
      for (const server of held) assert.notInclude(reachEvents(server, outages, 1e12, rules).map(({ cause }) => cause), null)
    }
    // One of them alone is its own.
    assert.deepStrictEqual(wideOutages([...named("held", 1, lost), ...visited], slack), [])
  })
})
