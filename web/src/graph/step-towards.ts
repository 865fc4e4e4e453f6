export interface Place {
  readonly index: number
  readonly x: number
  readonly y: number
}

/** Directions of the arrow keys; y grows upwards, as in the layout. */
export const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1]
}

/** The nearest of `places` within a right angle around a direction; what lies more to the side counts as farther. */
export const stepTowards = (from: Place, places: Iterable<Place>, [dx, dy]: readonly [number, number]): number | null => {
  let best: number | null = null
  let least = Infinity
  for (const { index, x, y } of places) {
    if (index === from.index) continue
    const ahead = (x - from.x) * dx + (y - from.y) * dy
    const aside = Math.abs((x - from.x) * dy - (y - from.y) * dx)
    if (ahead <= 0 || aside > ahead) continue
    const distance = ahead + 2 * aside
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}
