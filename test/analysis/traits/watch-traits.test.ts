import { assert, describe, it } from "vitest"
import { jointEvents } from "../../../src/analysis/comparisons/watched.ts"
import { type WatchEventRow, watchTraitsOf } from "../../../src/analysis/traits/watch-traits.ts"
import { traitsOf } from "../../support/server-traits.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const watched = (servers: number) => Array.from({ length: servers }, (_, i) => ({ server_id: i + 1, from_ms: 0, to_ms: 3 * day }))
const noSoftware = new Map<number, string | null>()

const event = (server_id: number, kind: string, at: number, more: Partial<WatchEventRow> = {}): WatchEventRow =>
  ({ server_id, kind, earliest_ms: at, latest_ms: at, value_before: null, value_after: null, ...more })

const level = (a: number, b: number, traits: ReturnType<typeof watchTraitsOf>, where: Parameters<typeof traitsOf>[1] = {}) =>
  jointEvents.compare(traitsOf(a, { watch: traits.get(a)!, ...where }), traitsOf(b, { watch: traits.get(b)!, ...where }))

describe("what a watch saw, as traits", () => {
  it("is tips that few showed while most showed another of that height", () => {
    const arrivals = Array.from({ length: 9 }, (_, i) => i + 1).flatMap((server_id) => [
      { server_id, run_id: 1, height: 1, block_hash: server_id <= 2 ? "branch" : "main", steady_ms: server_id },
      ...server_id <= 2 ? [{ server_id, run_id: 1, height: 1, block_hash: "main", steady_ms: 9000 }] : [],
      { server_id, run_id: 1, height: 2, block_hash: "next", steady_ms: 600_000 + server_id }
    ])
    const traits = watchTraitsOf({ watched: watched(9), arrivals, events: [], software: [] }, noSoftware)
    assert.deepStrictEqual([1, 2, 3].map((id) => [...traits.get(id)!.rareTips]), [["branch"], ["branch"], []])
  })

  it("is how its software changed, and when, if that is known within a minute", () => {
    const events = [1, 2].flatMap((id) => [
      event(id, "restarted", day, { earliest_ms: id === 1 ? day : day - hour }),
      event(id, "new software", day + 5 * minute, { earliest_ms: 2 * hour, value_before: "F 1", value_after: "F 2" })
    ])
    const software = [{ server_id: 1, value: "F 1", first_ms: 0, last_ms: 2 * hour }, { server_id: 1, value: "F 2", first_ms: day + 5 * minute, last_ms: 2 * day }]
    const traits = watchTraitsOf({ watched: watched(2), arrivals: [], events, software }, noSoftware)
    assert.deepStrictEqual(traits.get(1)!.changes, [{ at: day, before: "F 1", after: "F 2" }])
    assert.deepStrictEqual(traits.get(1)!.software.map(({ text }) => text), ["F 1", "F 2"])
    assert.deepStrictEqual(traits.get(2)!.changes, [])
  })

  it("is events whose moment is known; that a server came back follows from that it fell silent", () => {
    const events = [event(1, "went silent", hour), event(1, "came back", 2 * hour), event(1, "went silent", day, { earliest_ms: day - hour })]
    assert.deepStrictEqual(watchTraitsOf({ watched: watched(1), arrivals: [], events, software: [] }, noSoftware).get(1)!.events.map(({ at, kind }) => [kind, at]), [["went silent", hour]])
  })

  it("takes an upgrade for one event at its restart, though the looks that show it lie hours apart", () => {
    const events = [event(1, "restarted", day), event(1, "new software", day + 5 * minute, { earliest_ms: 2 * hour, value_after: "F 2" })]
    assert.deepStrictEqual(watchTraitsOf({ watched: watched(1), arrivals: [], events, software: [] }, noSoftware).get(1)!.events.map(({ at, kind }) => [kind, at]), [["new software F 2", day]])
  })

  it("makes two alike to which the same happens at the same minute again and again, but not in a storm that hits many", () => {
    const both = [1, 2].flatMap((id) => [5, 20, 40].map((at) => event(id, "restarted", at * hour + id * 10_000)))
    assert.isDefined(level(1, 2, watchTraitsOf({ watched: watched(30), arrivals: [], events: both, software: [] }, noSoftware)))
    const storm = Array.from({ length: 28 }, (_, i) => [5, 20, 40].flatMap((at) =>
      event(i + 3, "restarted", at * hour + ((i * 7) % 16 - 8) * minute))).flat()
    assert.isUndefined(level(1, 2, watchTraitsOf({ watched: watched(30), arrivals: [], events: [...both, ...storm], software: [] }, noSoftware)))
  })

  it("makes nobody alike whose silences one system explains, only what is done to both counts there", () => {
    const address = { addresses: [{ address: "34.90.1.2", asn: 64500, cloud: null, country: null }] }
    const silent = [1, 2].flatMap((id) => [5, 20, 40].map((at) => event(id, "went silent", at * hour)))
    const traits = watchTraitsOf({ watched: watched(30), arrivals: [], events: silent, software: [] }, noSoftware)
    assert.isDefined(level(1, 2, traits))
    assert.isUndefined(level(1, 2, traits, address))
    const upgraded = [1, 2].flatMap((id) => [5, 20, 40].flatMap((at) => [
      event(id, "restarted", at * hour), event(id, "new software", at * hour + minute, { earliest_ms: at * hour - hour, value_after: `F ${at}` })
    ]))
    assert.isDefined(level(1, 2, watchTraitsOf({ watched: watched(30), arrivals: [], events: upgraded, software: [] }, noSoftware), address))
  })
})
