import { assert, describe, it } from "vitest"
import { listEvents } from "../../src/watch/list-events.ts"

const eventsOf = (...listers: ReadonlyArray<number>) =>
  listEvents(listers.map((count, i) => ({ endpoint: "a", startedAt: 100 * i, endedAt: 100 * i + 10, listers: count })))
    .map(({ earliest, kind, latest }) => [kind, earliest, latest])

describe("changes of lists", () => {
  it("are that somebody names a server whom nobody named, and that nobody does any more though three had", () => {
    assert.deepStrictEqual(eventsOf(0, 2, 9, 0), [["listed", 0, 110], ["unlisted", 200, 310]])
  })

  it("are none where one or two lists leave it out, since lists are drawn anew each time, nor in a first crawl", () => {
    assert.deepStrictEqual(eventsOf(2, 0), [])
    assert.deepStrictEqual(eventsOf(9, 3, 8), [])
    assert.deepStrictEqual(eventsOf(0), [])
  })
})
