import type { Positions } from "./community-circle.ts"

/** Within this radius most servers lie, and within that one all of the graph. */
const mostWithin = 800
export const allWithin = 1_000

const mean = (values: Float64Array, places: ReadonlyArray<number>): number =>
  places.reduce((sum, i) => sum + values[i]!, 0) / Math.max(1, places.length)

/** Moves the middle of some servers to the origin and 95 % of them within 800; who lies far outside is drawn in, all others keep their shape. */
export const framed = ({ x, y }: Positions, places: ReadonlyArray<number>): Positions => {
  const [middleX, middleY] = [mean(x, places), mean(y, places)]
  const radii = places.map((i) => Math.hypot(x[i]! - middleX, y[i]! - middleY)).toSorted((a, b) => a - b)
  const usual = radii[Math.min(radii.length - 1, Math.floor(0.95 * radii.length))] ?? 0
  const scale = usual === 0 ? 1 : mostWithin / usual
  const farthest = (radii.at(-1) ?? 0) * scale
  const result = { x: x.slice(), y: y.slice() }
  for (const i of places) {
    const [dx, dy] = [(x[i]! - middleX) * scale, (y[i]! - middleY) * scale]
    const radius = Math.hypot(dx, dy)
    const shrink = radius <= mostWithin || farthest <= allWithin
      ? 1
      : (mostWithin + (allWithin - mostWithin) * (radius - mostWithin) / (farthest - mostWithin)) / radius
    result.x[i] = dx * shrink
    result.y[i] = dy * shrink
  }
  return result
}

/**
 * Turns and moves a layout so that servers known before lie as near as possible
 * to where they were (least squares, without mirroring), and scales it so that
 * these take as much room as before; null with fewer than three of them, or when
 * all of these were in one spot.
 */
export const alignedTo = (
  { x, y }: Positions,
  places: ReadonlyArray<number>,
  earlier: ReadonlyMap<number, readonly [x: number, y: number]>
): Positions | null => {
  const known = places.filter((i) => earlier.has(i))
  if (known.length < 3) return null
  const [middleX, middleY] = [mean(x, known), mean(y, known)]
  const beforeX = known.reduce((sum, i) => sum + earlier.get(i)![0], 0) / known.length
  const beforeY = known.reduce((sum, i) => sum + earlier.get(i)![1], 0) / known.length
  let [along, across, size, sizeBefore] = [0, 0, 0, 0]
  for (const i of known) {
    const [px, py] = [x[i]! - middleX, y[i]! - middleY]
    const [qx, qy] = [earlier.get(i)![0] - beforeX, earlier.get(i)![1] - beforeY]
    along += px * qx + py * qy
    across += px * qy - py * qx
    size += px * px + py * py
    sizeBefore += qx * qx + qy * qy
  }
  const length = Math.hypot(along, across)
  if (size === 0 || length === 0) return null
  const scale = Math.sqrt(sizeBefore / size)
  const [cosine, sine] = [scale * along / length, scale * across / length]
  const result = { x: x.slice(), y: y.slice() }
  for (const i of places) {
    const [px, py] = [x[i]! - middleX, y[i]! - middleY]
    result.x[i] = beforeX + cosine * px - sine * py
    result.y[i] = beforeY + sine * px + cosine * py
  }
  return result
}

/** Mean squared distance from the middle. */
const spreadOf = (points: ReadonlyArray<readonly [x: number, y: number]>): number => {
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length)
  return points.reduce((sum, point) => sum + (point[0] - x!) ** 2 + (point[1] - y!) ** 2, 0) / points.length
}

/** Scales places, in place, so that servers known before take as much room as before; or a map would shrink from crawl to crawl. */
export const resize = (
  { x, y }: Positions,
  places: ReadonlyArray<number>,
  earlier: ReadonlyMap<number, readonly [x: number, y: number]>
): void => {
  const now = spreadOf([...earlier.keys()].map((i) => [x[i]!, y[i]!]))
  if (!(now > 0)) return
  const scale = Math.sqrt(spreadOf([...earlier.values()]) / now)
  for (const i of places) {
    x[i]! *= scale
    y[i]! *= scale
  }
}
