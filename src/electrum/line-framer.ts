const LF = 10
const CR = 13
const smallestBuffer = 4096
/** Up to this size the buffer of a finished line is kept for the next one. */
const reusedBuffer = 65_536

/** Who gets what a framer finds. */
export interface LineSink {
  /**
   * One line without its LF or CRLF, and whether it was CRLF. The bytes are valid
   * during the call only. False: take nothing more.
   */
  readonly line: (line: Buffer, crlf: boolean) => boolean
  /** The line now arriving exceeds the bound; `start` is its beginning, up to the bound. Nothing follows. */
  readonly overflow: (start: Buffer) => void
}

/**
 * Cuts a byte stream into lines that end with LF or CRLF. Whole lines are views
 * on their chunk; a line in several chunks is gathered in one growing buffer, so
 * the work is linear in the bytes however they are cut, and a million chunks of
 * one byte cost no more memory than the line.
 */
export class LineFramer {
  /** Most bytes a line may have, its end not counted. May change between lines, also from within `line`. */
  bound: number
  #gathered: Buffer | null = null
  #length = 0
  #done = false

  constructor(bound: number) {
    this.bound = bound
  }

  /** Bytes of the unfinished line. */
  get pending(): number {
    return this.#length
  }

  /** The first bytes of the unfinished line, at most `limit`, copied. */
  pendingStart(limit: number): Buffer {
    return Buffer.from(this.#take().subarray(0, limit))
  }

  push(chunk: Buffer, sink: LineSink): void {
    let start = 0
    while (!this.#done && start < chunk.length) {
      const end = chunk.indexOf(LF, start)
      const stop = end === -1 ? chunk.length : end
      if (this.#length + stop - start > this.bound + this.#carriageReturn(chunk, start, stop)) {
        this.#gather(chunk.subarray(start, Math.min(stop, start + Math.max(0, this.bound - this.#length))))
        const received = this.#take().subarray(0, this.bound)
        this.stop()
        sink.overflow(received)
        return
      }
      if (end === -1) {
        this.#gather(chunk.subarray(start))
        return
      }
      const line = this.#length === 0 ? chunk.subarray(start, end) : this.#finish(chunk.subarray(start, end))
      start = end + 1
      const crlf = line.at(-1) === CR
      if (!sink.line(crlf ? line.subarray(0, -1) : line, crlf)) this.stop()
    }
  }

  /** Forget what is pending and take nothing more. */
  stop(): void {
    this.#done = true
    this.#gathered = null
    this.#length = 0
  }

  /** 1 when what ends at `stop` ends with CR: it is not counted, or its LF is still to come. */
  #carriageReturn(chunk: Buffer, start: number, stop: number): number {
    const last = stop > start ? chunk[stop - 1] : this.#length > 0 ? this.#gathered![this.#length - 1] : undefined
    return last === CR ? 1 : 0
  }

  #gather(part: Buffer): void {
    const needed = this.#length + part.length
    if (this.#gathered === null || this.#gathered.length < needed) {
      const grown = Buffer.allocUnsafeSlow(Math.max(smallestBuffer, needed, Math.min(needed * 2, this.bound + 1)))
      this.#gathered?.copy(grown, 0, 0, this.#length)
      this.#gathered = grown
    }
    part.copy(this.#gathered, this.#length)
    this.#length = needed
  }

  #take(): Buffer {
    return this.#gathered === null ? Buffer.alloc(0) : this.#gathered.subarray(0, this.#length)
  }

  #finish(part: Buffer): Buffer {
    this.#gather(part)
    const line = this.#take()
    this.#length = 0
    if (this.#gathered!.length > reusedBuffer) this.#gathered = null
    return line
  }
}
