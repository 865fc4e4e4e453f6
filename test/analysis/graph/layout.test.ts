import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { communityCircle } from "../../../src/analysis/graph/community-circle.ts"
import { drawnEdges } from "../../../src/analysis/graph/layout-edges.ts"
import { layoutApart } from "../../../src/analysis/graph/layout-in-worker.ts"
import { type LayoutInput, serverLayout } from "../../../src/analysis/graph/layout.ts"
import { seededRandom } from "../../../src/analysis/seeded-random.ts"

/** Circles of servers in which everybody names everybody, tied by one announcement each; the last server stands alone. */
const circles = (sizes: ReadonlyArray<number>, earlier: LayoutInput["earlier"] = new Map()): LayoutInput => {
  const communities = sizes.flatMap((size, circle) => Array.from({ length: size }, () => circle))
  const edges: Array<readonly [number, number]> = []
  communities.forEach((own, a) => communities.forEach((other, b) => {
    if (a !== b && (own === other || (communities.indexOf(own) === a && communities.indexOf(other) === b))) edges.push([a, b])
  }))
  return {
    hosts: [...communities.map((_, i) => `host${i}.example`), "alone.example"],
    communities: [...communities, null],
    announcements: {
      from: Uint32Array.from(edges, ([a]) => a),
      to: Uint32Array.from(edges, ([, b]) => b),
      weight: Float64Array.from(edges, () => 1)
    },
    earlier
  }
}

const distance = ({ x, y }: { readonly x: Float64Array; readonly y: Float64Array }, a: number, b: number): number =>
  Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!)

const asEarlier = ({ hosts }: LayoutInput, { x, y }: ReturnType<typeof serverLayout>): LayoutInput["earlier"] =>
  new Map(hosts.map((host, i) => [host, [x[i]!, y[i]!]]))

describe("the layout of the announcement graph", () => {
  it("draws those who name one another nearer than others, within the map, the one who stands alone on its rim", () => {
    const input = circles([12, 10, 8])
    const places = serverLayout(input)
    const pairs = input.communities.flatMap((own, a) => input.communities.flatMap((other, b) =>
      a < b && own !== null && other !== null ? [{ isNear: own === other, apart: distance(places, a, b) }] : []))
    const mean = (isNear: boolean) => {
      const some = pairs.filter((pair) => pair.isNear === isNear)
      return some.reduce((sum, pair) => sum + pair.apart, 0) / some.length
    }
    assert.isBelow(mean(true), mean(false) / 2)
    for (const i of input.hosts.keys()) assert.isBelow(Math.hypot(places.x[i]!, places.y[i]!), 1_100)
    assert.isAbove(Math.hypot(places.x.at(-1)!, places.y.at(-1)!), 1_000)
  })

  it("gives the same map for the same crawl, also in a thread of its own", async () => {
    const input = circles([9, 7])
    const here = serverLayout(input)
    assert.deepStrictEqual(serverLayout(input), here)
    assert.deepStrictEqual(await Effect.runPromise(layoutApart(input, true)), here)
  })

  it("leaves known servers near their old place when others come and go", () => {
    const before = circles([12, 10, 8])
    const old = serverLayout(before)
    // Another three in the last circle: its members keep their hosts, the stranger gets another place in the list.
    const after = circles([12, 10, 11], asEarlier(before, old))
    const now = serverLayout(after)
    const cold = serverLayout({ ...after, earlier: new Map() })
    const moved = (places: typeof now) =>
      [...Array(30).keys()].reduce((sum, i) => sum + Math.hypot(places.x[i]! - old.x[i]!, places.y[i]! - old.y[i]!), 0) / 30
    assert.isBelow(moved(now), 60)
    assert.isBelow(moved(now), moved(cold))
    // Newcomers stand with those they name.
    assert.isBelow(distance(now, 22, 31), distance(now, 0, 31))
  })

  it("keeps its size over many crawls in which lists are drawn anew", () => {
    const random = seededRandom(3)
    const hosts = Array.from({ length: 40 }, (_, i) => `host${i}.example`)
    const drawn = (earlier: LayoutInput["earlier"]): LayoutInput => {
      const edges = hosts.flatMap((_, a) => hosts.flatMap((_, b) => a !== b && random() < 0.15 ? [[a, b] as const] : []))
      return {
        hosts,
        communities: hosts.map(() => 0),
        announcements: { from: Uint32Array.from(edges, ([a]) => a), to: Uint32Array.from(edges, ([, b]) => b), weight: Float64Array.from(edges, () => 1) },
        earlier
      }
    }
    const usualRadius = ({ x, y }: ReturnType<typeof serverLayout>) => hosts.map((_, i) => Math.hypot(x[i]!, y[i]!)).toSorted((a, b) => a - b)[36]!
    let input = drawn(new Map())
    let places = serverLayout(input)
    const first = usualRadius(places)
    for (let crawl = 0; crawl < 25; crawl++) {
      const before = asEarlier(input, places)
      input = drawn(before)
      places = serverLayout(input)
    }
    assert.isAbove(usualRadius(places), 0.8 * first)
    assert.isBelow(usualRadius(places), 1.25 * first)
  })

  it("draws each pair once, and of very many only so many that every server keeps some", () => {
    const hosts = Array.from({ length: 300 }, (_, i) => `host${i}.example`)
    const all = hosts.flatMap((_, a) => hosts.flatMap((_, b) => a === b ? [] : [[a, b] as const]))
    const announcements = {
      from: Uint32Array.from(all, ([a]) => a),
      to: Uint32Array.from(all, ([, b]) => b),
      weight: Float64Array.from(all, () => 0.5)
    }
    const edges = drawnEdges(hosts, announcements)
    assert.isBelow(edges.length, 20_001)
    assert.isTrue(edges.every(({ weight }) => weight === 1))
    assert.strictEqual(new Set(edges.map(({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}`)).size, edges.length)
    const degrees = hosts.map((_, i) => edges.filter(({ a, b }) => a === i || b === i).length)
    assert.isAtLeast(Math.min(...degrees), 5)
  })

  it("puts communities in a circle whatever they are, nobody at one spot with another", () => {
    fc.assert(fc.property(fc.array(fc.option(fc.nat(5)), { maxLength: 80 }), (communities) => {
      const { x, y } = communityCircle(communities)
      const spots = new Set(communities.map((_, i) => `${x[i]} ${y[i]}`))
      assert.strictEqual(spots.size, communities.length)
      assert.isTrue(communities.every((_, i) => Math.hypot(x[i]!, y[i]!) < 1_250))
    }))
  })
})
