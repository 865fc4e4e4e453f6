import { describe, expect, it } from "vitest"
import { jointEvents } from "../../src/atlas/watched/joint-events.ts"
import type { EventRow } from "../../src/atlas/watched/read-happened.ts"

const [second, hour] = [1_000, 3_600_000]
const event = (serverId: number, kind: string, at: number, more: Partial<EventRow> = {}): EventRow =>
  ({ serverId, endpointId: serverId, host: `${serverId}.example.org`, kind, earliest: at, latest: at, before: null, after: null, cause: null, ...more })
const watched = new Map([1, 2, 3, 4].map((id) => [id, { from: 0, to: 100 * hour }]))
const found = (...events: ReadonlyArray<EventRow>) => jointEvents(events, watched).map(({ at, kind, servers }) => [kind, at, servers])

describe("what happened to several servers at once", () => {
  it("is of one kind, of different servers, within a minute of the first", () => {
    expect(found(event(1, "restarted", 0), event(2, "restarted", 50 * second), event(3, "restarted", 61 * second))).toEqual([["restarted", 0, [1, 2]]])
    expect(found(event(1, "restarted", 0), event(1, "restarted", 10 * second))).toEqual([])
    expect(found(event(1, "restarted", 0), event(2, "went silent", 0))).toEqual([])
  })

  it("is nothing that an outage of many explains, and nothing whose moment is not known within a minute", () => {
    const cause = "network outage of AS 64500"
    expect(found(event(1, "went silent", 0, { cause }), event(2, "went silent", 0, { cause }), event(3, "went silent", 0))).toEqual([])
    expect(found(event(1, "went silent", hour, { earliest: 0 }), event(2, "went silent", hour))).toEqual([])
  })

  it("puts an upgrade at the restart from which the new software ran, and only with upgrades to the same", () => {
    const upgrade = (serverId: number, at: number, after: string) => [event(serverId, "restarted", at), event(serverId, "new software", at + hour, { earliest: at - hour, after })]
    expect(found(...upgrade(1, 5 * hour, "A 2"), ...upgrade(2, 5 * hour + 20 * second, "A 2"), ...upgrade(3, 5 * hour, "B 1"))).toEqual([["new software A 2", 5 * hour, [1, 2]]])
  })
})
