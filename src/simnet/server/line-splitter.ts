/** Splits a byte stream at LF. A line beyond the limit is dropped up to its end and reported once. */
export class LineSplitter {
  readonly #limit: number
  readonly #parts: Array<Buffer> = []
  #size = 0
  #dropping = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Feed bytes; `onLine` gets each complete line without its LF, `onTooLong` each line dropped. */
  push(chunk: Buffer, onLine: (line: Buffer) => void, onTooLong: () => void): void {
    let start = 0
    while (start < chunk.length) {
      const end = chunk.indexOf(10, start)
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end)
      if (!this.#dropping) {
        this.#size += piece.length
        if (this.#size > this.#limit) {
          this.#reset()
          this.#dropping = true
          onTooLong()
        } else if (end === -1) {
          this.#parts.push(piece)
        }
      }
      if (end === -1) return
      if (this.#dropping) {
        this.#dropping = false
      } else {
        const line = this.#parts.length === 0 ? piece : Buffer.concat([...this.#parts, piece])
        this.#reset()
        onLine(line)
      }
      start = end + 1
    }
  }

  #reset(): void {
    this.#parts.length = 0
    this.#size = 0
  }
}
