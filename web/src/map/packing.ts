/** A heap of dots around a place. */
export interface Heap {
  readonly key: string
  /** Where it belongs. */
  readonly x: number
  readonly y: number
  readonly radius: number
}

export interface PlacedHeap extends Heap {
  /** Where it is drawn: heaps that would cover each other are pushed apart. */
  readonly atX: number
  readonly atY: number
}

/** Place k of a heap in the order of a sunflower's seeds: near the middle first, evenly spread. */
export const seed = (k: number, spacing: number): { readonly x: number; readonly y: number } => {
  const distance = spacing * Math.sqrt(k + 0.4)
  const angle = k * Math.PI * (3 - Math.sqrt(5))
  return { x: distance * Math.cos(angle), y: distance * Math.sin(angle) }
}

const rounds = 120

/** Pushes heaps apart that overlap, and pulls them home where there is room. Depends on nothing but the heaps. */
export const pushedApart = (heaps: ReadonlyArray<Heap>, gap = 1): ReadonlyArray<PlacedHeap> => {
  const placed = heaps.map((heap) => ({ ...heap, atX: heap.x, atY: heap.y }))
  for (let round = 0; round < rounds; round++) {
    const pull = round < rounds - 20 ? 0.05 : 0
    for (const heap of placed) {
      heap.atX += (heap.x - heap.atX) * pull
      heap.atY += (heap.y - heap.atY) * pull
    }
    for (let i = 0; i < placed.length; i++) {
      for (let j = i + 1; j < placed.length; j++) {
        const a = placed[i]!
        const b = placed[j]!
        const dx = b.atX - a.atX
        const dy = b.atY - a.atY
        const distance = Math.hypot(dx, dy)
        const overlap = a.radius + b.radius + gap - distance
        if (overlap <= 0) continue
        const [ux, uy] = distance === 0 ? [1, 0] : [dx / distance, dy / distance]
        // The larger moves less.
        const share = b.radius / (a.radius + b.radius)
        a.atX -= ux * overlap * share
        a.atY -= uy * overlap * share
        b.atX += ux * overlap * (1 - share)
        b.atY += uy * overlap * (1 - share)
      }
    }
  }
  return placed
}
