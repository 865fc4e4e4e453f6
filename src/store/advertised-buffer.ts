import type { DuckDBDataChunk, DuckDBTimestampValue } from "@duckdb/node-api"
import type { PendingRows } from "./row-buffer.ts"

/** What all rows of one reading have in common. */
export interface Reading {
  readonly crawlId: number
  readonly source: number
  readonly at: DuckDBTimestampValue
  readonly asked: number
}

interface Run extends Reading {
  /** The row after the last one of this reading. */
  end: number
}

/**
 * Rows of `advertised` on their way to it: nine in ten of all rows of a crawl.
 * Only what differs within a reading is kept for each, outside the heap that
 * the collector walks through.
 */
export class AdvertisedBuffer implements PendingRows {
  #ids = new Int32Array(1024)
  #times = new Int32Array(1024)
  #length = 0
  readonly #runs: Array<Run> = []

  get length(): number {
    return this.#length
  }

  /** The rows added from now on belong to this reading. */
  begin(reading: Reading): void {
    this.#runs.push({ ...reading, end: this.#length })
  }

  add(advertisement: number, times: number): void {
    if (this.#length === this.#ids.length) {
      this.#ids = doubled(this.#ids)
      this.#times = doubled(this.#times)
    }
    this.#ids[this.#length] = advertisement
    this.#times[this.#length] = times
    this.#runs.at(-1)!.end = ++this.#length
  }

  fill(chunk: DuckDBDataChunk, from: number): void {
    const vectors = [0, 1, 2, 3, 4, 5].map((column) => chunk.getColumnVector(column))
    const [crawls, sources, advertisements, firstSeen, seen, asked] = vectors
    let run = this.#runs.findIndex(({ end }) => end > from)
    for (let i = 0; i < chunk.rowCount; i++) {
      while (this.#runs[run]!.end <= from + i) run++
      const reading = this.#runs[run]!
      crawls!.setItem(i, reading.crawlId)
      sources!.setItem(i, reading.source)
      advertisements!.setItem(i, this.#ids[from + i]!)
      firstSeen!.setItem(i, reading.at)
      seen!.setItem(i, this.#times[from + i]!)
      asked!.setItem(i, reading.asked)
    }
    for (const vector of vectors) vector.flush()
  }
}

const doubled = (values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const grown = new Int32Array(2 * values.length)
  grown.set(values)
  return grown
}
