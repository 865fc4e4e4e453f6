import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LineFramer } from "../../src/electrum/line-framer.ts"

interface Framed {
  readonly lines: Array<string>
  readonly overflow: string | null
}

const frame = (chunks: ReadonlyArray<Buffer>, bound: number): Framed => {
  const lines: Array<string> = []
  let overflow: string | null = null
  const framer = new LineFramer(bound)
  for (const chunk of chunks) {
    framer.push(chunk, {
      line: (line) => {
        lines.push(line.toString("latin1"))
        return true
      },
      overflow: (start) => {
        overflow = start.toString("latin1")
      }
    })
  }
  return { lines, overflow }
}

const cutAt = (bytes: Buffer, cuts: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place))
}

describe("LineFramer", () => {
  const text = fc.array(fc.constantFrom("a", "b", " ", "\r", "\n", "\r\n", "xyz", "\u00ff"), { maxLength: 60 })

  it("yields the same lines and the same overflow however the bytes are cut", () => {
    const cutPlaces = fc.array(fc.nat(200), { maxLength: 12 })
    fc.assert(fc.property(text, cutPlaces, fc.integer({ min: 1, max: 40 }), (parts, cuts, bound) => {
      const bytes = Buffer.from(parts.join(""), "latin1")
      const whole = frame([bytes], bound)
      expect(frame(cutAt(bytes, cuts), bound)).toEqual(whole)
      expect(frame(Array.from(bytes, (byte) => Buffer.of(byte)), bound)).toEqual(whole)
    }), { numRuns: 500 })
  })

  it("agrees with splitting the text, up to the first line beyond the bound", () => {
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 12 }), (parts, bound) => {
      const sent = parts.join("")
      const pieces = sent.split("\n")
      const rest = pieces.pop()!
      const lines = pieces.map((line) => line.replace(/\r$/, ""))
      const firstLong = lines.findIndex((line) => line.length > bound)
      const framed = frame([Buffer.from(sent, "latin1")], bound)
      expect(framed.lines).toEqual(firstLong === -1 ? lines : lines.slice(0, firstLong))
      const overflows = firstLong !== -1 || rest.replace(/\r$/, "").length > bound
      expect(framed.overflow !== null).toBe(overflows)
    }), { numRuns: 500 })
  })

  it("hands over the line's start up to the bound, keeps nothing and takes nothing more", () => {
    const framer = new LineFramer(4)
    const starts: Array<string> = []
    const lines: Array<string> = []
    const sink = {
      line: (line: Buffer) => lines.push(line.toString()) > 0,
      overflow: (start: Buffer) => {
        starts.push(start.toString())
      }
    }
    framer.push(Buffer.from("ok\nabc"), sink)
    framer.push(Buffer.from("defgh\nmore\n"), sink)
    framer.push(Buffer.from("and more\n"), sink)
    expect(lines).toEqual(["ok"])
    expect(starts).toEqual(["abcd"])
    expect(framer.pending).toBe(0)
  })

  it("accepts a line of exactly the bound with either end, and no byte more", () => {
    expect(frame([Buffer.from("abcd\n")], 4).lines).toEqual(["abcd"])
    expect(frame([Buffer.from("abcd\r"), Buffer.from("\n")], 4).lines).toEqual(["abcd"])
    expect(frame([Buffer.from("abcde\n")], 4).overflow).toBe("abcd")
    expect(frame([Buffer.from("abcd\r"), Buffer.from("x")], 4).overflow).toBe("abcd")
  })

  it("follows a bound that is changed from within a line", () => {
    const framer = new LineFramer(3)
    const lines: Array<string> = []
    framer.push(Buffer.from("abc\nabcdefgh\n"), {
      line: (line) => {
        lines.push(line.toString())
        framer.bound = 8
        return true
      },
      overflow: () => {
        throw new Error("the bound was raised in time")
      }
    })
    expect(lines).toEqual(["abc", "abcdefgh"])
  })

  it("stops when the receiver has had enough", () => {
    const lines: Array<string> = []
    const framer = new LineFramer(10)
    const sink = { line: (line: Buffer) => lines.push(line.toString()) < 2, overflow: () => {} }
    framer.push(Buffer.from("a\nb\nc\nd\n"), sink)
    framer.push(Buffer.from("e\n"), sink)
    expect(lines).toEqual(["a", "b"])
  })

  it("does work linear in the bytes: a line in single bytes costs about as much per byte at any length", () => {
    const once = (length: number): number => {
      const one = Buffer.of(0x61)
      const framer = new LineFramer(length)
      const sink = { line: () => true, overflow: () => {} }
      const started = performance.now()
      for (let i = 0; i < length; i++) framer.push(one, sink)
      return (performance.now() - started) / length
    }
    const cost = (length: number): number => Math.min(once(length), once(length), once(length))
    // Quadratic work would make the longer line sixteen times as dear per byte.
    expect(cost(1_600_000)).toBeLessThan(6 * cost(100_000))
  })
})
