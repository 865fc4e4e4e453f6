/** One thing that is due at some time. */
export interface Due {
  readonly time: number
  /** Of equal times the lower goes first. */
  readonly order: number
  /** Null once it was cancelled. */
  act: (() => void) | null
}

const before = (a: Due, b: Due): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

/** What is due, first things first: a binary heap. Cancelled things stay until they would be first. */
export class DueQueue {
  readonly #heap: Array<Due> = []

  add(entry: Due): void {
    const heap = this.#heap
    let place = heap.length
    heap.push(entry)
    while (place > 0) {
      const above = (place - 1) >> 1
      if (!before(entry, heap[above]!)) break
      heap[place] = heap[above]!
      place = above
    }
    heap[place] = entry
  }

  /** The next thing that was not cancelled. */
  first(): Due | undefined {
    while (this.#heap.length > 0 && this.#heap[0]!.act === null) this.#drop()
    return this.#heap[0]
  }

  /** Take out the next thing. */
  shift(): Due | undefined {
    const entry = this.first()
    if (entry !== undefined) this.#drop()
    return entry
  }

  #drop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++
      if (!before(heap[below]!, last)) break
      heap[place] = heap[below]!
      place = below
    }
    heap[place] = last
  }
}
