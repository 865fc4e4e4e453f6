const LF = 10
const CR = 13
const smallestBuffer = 4096
/** Up to this size the buffer of a finished line is kept for the next one. */
const reusedBuffer = 65_536

/** So much of the end of a line beyond the bound is kept. */
const endBytes = 256
const space = 0x20

/** A line that exceeded the bound: its edges are kept, what lies between them is not. */
export interface LongLine {
  /** Its beginning, up to the bound. Valid during the call only. */
  readonly start: Buffer
  /** Its last bytes; runs of spaces, which pad replies, are one space. */
  readonly end: Buffer
  /** Bytes of the line, its end not counted. */
  readonly bytes: number
  readonly crlf: boolean
}

/** Who gets what a framer finds. */
export interface LineSink {
  /**
   * One line without its LF or CRLF, and whether it was CRLF. The bytes are valid
   * during the call only. False: take nothing more.
   */
  readonly line: (line: Buffer, crlf: boolean) => boolean
  /** The line now arriving exceeds the bound; `start` is its beginning, up to the bound. False: take nothing more. */
  readonly overflow: (start: Buffer) => boolean
  /** A line that exceeded the bound has ended. False: take nothing more. */
  readonly skipped: (line: LongLine) => boolean
}

/** The last bytes of `before` and `more` together, runs of spaces folded into one. */
const foldedEnd = (before: Buffer, more: Buffer): Buffer => {
  const end = Buffer.alloc(endBytes)
  let at = endBytes
  for (const part of [more, before]) {
    for (let i = part.length - 1; i >= 0 && at > 0; i--) {
      const byte = part[i]!
      if (byte !== space || at === endBytes || end[at] !== space) end[--at] = byte
    }
  }
  return end.subarray(at)
}

/**
 * Cuts a byte stream into lines that end with LF or CRLF. Whole lines are views
 * on their chunk; a line in several chunks is gathered in one growing buffer, so
 * the work is linear in the bytes however they are cut, and a million chunks of
 * one byte cost no more memory than the line. Of a line beyond the bound the
 * rest is skipped: what comes after it is found again.
 */
export class LineFramer {
  /** Most bytes a line may have, its end not counted. May change between lines, also from within `line`. */
  bound: number
  #gathered: Buffer | null = null
  #length = 0
  #done = false
  /** The last bytes of the line being skipped; null when none is. */
  #end: Buffer | null = null
  /** Bytes so far of the last line that exceeded the bound. */
  longBytes = 0
  /** Bytes beyond bounds, of all lines so far. */
  skippedBytes = 0

  constructor(bound: number) {
    this.bound = bound
  }

  /** Bytes of the unfinished line. */
  get pending(): number {
    return this.#length
  }

  /** The line now arriving has exceeded the bound. */
  get isSkipping(): boolean {
    return this.#end !== null
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
      if (this.#end !== null || this.#length + stop - start > this.bound + this.#carriageReturn(chunk, start, stop)) {
        this.#pushLong(chunk.subarray(start, stop), end !== -1, sink)
      } else if (end === -1) this.#gather(chunk.subarray(start))
      else {
        const line = this.#length === 0 ? chunk.subarray(start, end) : this.#finish(chunk.subarray(start, end))
        const crlf = line.at(-1) === CR
        if (!sink.line(crlf ? line.subarray(0, -1) : line, crlf)) this.stop()
      }
      start = stop + 1
    }
  }

  /** A part of a line beyond the bound, the first or a later one. */
  #pushLong(part: Buffer, ends: boolean, sink: LineSink): void {
    let rest = part
    if (this.#end === null) {
      const kept = Math.min(part.length, Math.max(0, this.bound - this.#length))
      this.#gather(part.subarray(0, kept))
      rest = part.subarray(kept)
      this.#end = foldedEnd(Buffer.alloc(0), this.#take())
      this.longBytes = this.#length
      this.skippedBytes += Math.max(0, this.#length - this.bound)
      this.#length = Math.min(this.#length, this.bound)
      if (!sink.overflow(this.#take())) return this.stop()
    }
    this.#end = foldedEnd(this.#end, rest)
    this.longBytes += rest.length
    this.skippedBytes += rest.length
    if (!ends) return
    const line = { start: this.#take(), end: this.#end, bytes: this.longBytes, crlf: this.#end.at(-1) === CR }
    this.#end = null
    this.#length = 0
    this.#gathered = null
    if (!sink.skipped(line.crlf ? { ...line, end: line.end.subarray(0, -1), bytes: line.bytes - 1 } : line)) this.stop()
  }

  /** Forget what is pending and take nothing more. */
  stop(): void {
    this.#done = true
    this.#gathered = null
    this.#length = 0
    this.#end = null
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
