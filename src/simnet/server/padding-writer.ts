import type { PaddingRule } from "../implementations/implementation.ts"

const block = 1024
const waitMs = 1000

const powerOfTwo = (payload: number): number => Math.max(block, 2 ** (32 - Math.clz32(payload)))

/**
 * Gathers reply lines and writes them in blocks of a power of two of at least
 * 1,024 bytes, padded with spaces before the last closing bracket: at once
 * during warm-up or when 1,024 bytes wait, else a second after the last write.
 */
export class PaddingWriter {
  readonly #rule: PaddingRule
  readonly #write: (bytes: Buffer) => void
  #lines: Array<Buffer> = []
  #waiting = 0
  #sentUnpadded = 0
  #lastWriteAt = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(rule: PaddingRule, write: (bytes: Buffer) => void) {
    this.#rule = rule
    this.#write = write
  }

  /** A complete line with its LF. */
  push(line: Buffer): void {
    this.#lines.push(line)
    this.#waiting += line.length
    this.#flushIfDue()
  }

  /** The connection ends in order. */
  end(): void {
    while (this.#rule.flushesAtEnd && this.#waiting > 0) this.#flush()
    this.drop()
  }

  /** The connection is gone; what waits is lost, as with the real one. */
  drop(): void {
    clearTimeout(this.#timer)
    this.#lines = []
    this.#waiting = 0
  }

  #flushIfDue(): void {
    while (this.#waiting > 0) {
      const left = waitMs - (performance.now() - this.#lastWriteAt)
      if (this.#sentUnpadded >= this.#rule.warmUp && this.#waiting < block && left > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined
          this.#flushIfDue()
        }, left)
        return
      }
      this.#flush()
    }
  }

  #flush(): void {
    const whole = powerOfTwo(this.#waiting)
    const half = Math.max(block, whole / 2)
    // As many complete lines as fit in the half, when that wastes less than the whole.
    let fit = 0
    let fitSize = 0
    while (fit < this.#lines.length && fitSize + this.#lines[fit]!.length <= half) fitSize += this.#lines[fit++]!.length
    const useHalf = fit > 0 && half - fitSize < whole - this.#waiting
    const lines = this.#lines.splice(0, useHalf ? fit : this.#lines.length)
    const size = useHalf ? fitSize : this.#waiting
    const total = useHalf ? half : whole
    const out = Buffer.alloc(total, 32)
    let at = 0
    for (const line of lines) at += line.copy(out, at)
    // The last two bytes, a bracket and LF, move to the end.
    if (total > size) {
      const end = Math.min(2, size)
      out.copy(out, total - end, size - end, size)
      out.fill(32, size - end, total - end)
    }
    this.#waiting -= size
    // Line ends are not counted.
    this.#sentUnpadded += size - lines.length
    this.#lastWriteAt = performance.now()
    this.#write(out)
  }
}
