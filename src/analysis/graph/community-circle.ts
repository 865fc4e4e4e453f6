/** Where servers are drawn, in the order they were given; about -1000 to 1000 both ways. */
export interface Positions {
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Turn by which the seeds of a sunflower follow each other: no two lie in one direction. */
const goldenAngle = Math.PI * (3 - Math.sqrt(5))

/** Distance from the middle at which communities stand, and at which servers of none do. */
const circle = 620
const rim = 980

/** Radius of a disc that holds all servers. */
const wholeDisc = 560

/**
 * Communities as discs on a circle, the largest first, members as the seeds of a
 * sunflower; servers of no community on the rim. It follows from the numbers
 * alone, so the same crawl always looks the same.
 *
 * @param communities of each server, null for none
 */
export const communityCircle = (communities: ReadonlyArray<number | null>): Positions => {
  const x = new Float64Array(communities.length)
  const y = new Float64Array(communities.length)
  const put = (place: number, atX: number, atY: number): void => {
    x[place] = Math.round(atX * 100) / 100
    y[place] = Math.round(atY * 100) / 100
  }
  const members = Map.groupBy(communities.keys(), (place) => communities[place] ?? null)
  const alone = members.get(null) ?? []
  const groups = [...members].flatMap(([community, places]) => community === null ? [] : [{ community, places }])
    .toSorted((a, b) => a.community - b.community)
  const grouped = communities.length - alone.length
  groups.forEach(({ places }, g) => {
    const angle = 2 * Math.PI * g / groups.length
    const distance = groups.length === 1 ? 0 : circle
    const radius = wholeDisc * Math.sqrt(places.length / grouped)
    places.forEach((place, k) => {
      const out = radius * Math.sqrt((k + 0.5) / places.length)
      put(place, distance * Math.cos(angle) + out * Math.cos(k * goldenAngle), distance * Math.sin(angle) + out * Math.sin(k * goldenAngle))
    })
  })
  alone.forEach((place, k) => {
    const angle = 2 * Math.PI * k / alone.length
    put(place, rim * Math.cos(angle), rim * Math.sin(angle))
  })
  return { x, y }
}
