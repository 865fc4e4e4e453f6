import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LineFramer, type LongLine } from "../../src/electrum/line-framer.ts"

interface Framed {
  readonly lines: Array<string>
  /** Starts of lines beyond the bound, as soon as they are. */
  readonly overflows: Array<string>
  /** Lines beyond the bound that have ended: start, end, length, and whether with CRLF. */
  readonly long: Array<readonly [start: string, end: string, bytes: number, crlf: boolean]>
  readonly skippedBytes: number
}

const frame = (chunks: ReadonlyArray<Buffer>, bound: number): Framed => {
  const framer = new LineFramer(bound)
  const framed = { lines: new Array<string>(), overflows: new Array<string>(), long: new Array<Framed["long"][number]>() }
  for (const chunk of chunks) {
    framer.push(chunk, {
      line: (line) => framed.lines.push(line.toString("latin1")) > 0,
      overflow: (start) => framed.overflows.push(start.toString("latin1")) > 0,
      skipped: ({ bytes, crlf, end, start }) =>
        framed.long.push([start.toString("latin1"), end.toString("latin1"), bytes, crlf]) > 0
    })
  }
  return { ...framed, skippedBytes: framer.skippedBytes }
}

const nothingLong = {
  overflow: () => {
    throw new Error("no line is that long")
  },
  skipped: () => false
}

const cutAt = (bytes: Buffer, cuts: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place))
}

describe("LineFramer", () => {
  const text = fc.array(fc.constantFrom("a", "b", " ", "\r", "\n", "\r\n", "xyz", "\u00ff"), { maxLength: 60 })

  it("yields the same however the bytes are cut", () => {
    const cutPlaces = fc.array(fc.nat(200), { maxLength: 12 })
    fc.assert(fc.property(text, cutPlaces, fc.integer({ min: 1, max: 40 }), (parts, cuts, bound) => {
      const bytes = Buffer.from(parts.join(""), "latin1")
      const whole = frame([bytes], bound)
      expect(frame(cutAt(bytes, cuts), bound)).toEqual(whole)
      expect(frame(Array.from(bytes, (byte) => Buffer.of(byte)), bound)).toEqual(whole)
    }), { numRuns: 500 })
  })

  it("agrees with splitting the text: lines within the bound are whole, of longer ones both edges and the length are told", () => {
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 12 }), (parts, bound) => {
      const sent = parts.join("")
      const pieces = sent.split("\n")
      const rest = pieces.pop()!
      const framed = frame([Buffer.from(sent, "latin1")], bound)
      const ended = pieces.map((line) => ({ line: line.replace(/\r$/, ""), crlf: line.endsWith("\r") }))
      expect(framed.lines).toEqual(ended.filter(({ line }) => line.length <= bound).map(({ line }) => line))
      const long = ended.filter(({ line }) => line.length > bound)
      expect(framed.long).toEqual(long.map(({ crlf, line }) =>
        [line.slice(0, bound), line.replaceAll(/ +/g, " "), line.length, crlf]))
      const unfinished = rest.replace(/\r$/, "").length > bound ? [rest.slice(0, bound)] : []
      expect(framed.overflows).toEqual([...long.map(({ line }) => line.slice(0, bound)), ...unfinished])
    }), { numRuns: 500 })
  })

  it("keeps no more of a long line than its start and its last bytes, in which spaces count once", () => {
    const filler = Buffer.alloc(1_000_000, "x")
    const framer = new LineFramer(4)
    const seen: Array<unknown> = []
    const sink = {
      line: (line: Buffer) => seen.push(line.toString()) > 0,
      overflow: () => true,
      skipped: ({ bytes, end }: LongLine) => seen.push([bytes, end.length, end.toString("latin1", end.length - 9)]) > 0
    }
    for (let i = 0; i < 20; i++) framer.push(filler, sink)
    expect([framer.isSkipping, framer.pending, framer.skippedBytes]).toEqual([true, 4, 19_999_996])
    framer.push(Buffer.from(`,"id":7${" ".repeat(3000)}`), sink)
    framer.push(Buffer.from(`${" ".repeat(3000)}}\nok\n`), sink)
    expect(seen).toEqual([[20_006_008, 256, `,"id":7 }`], "ok"])
    expect(framer.pending).toBe(0)
  })

  it("takes nothing more when the receiver wants none of a long line, or nothing behind it", () => {
    const seen: Array<string> = []
    const line = (line: Buffer): boolean => seen.push(line.toString()) > 0
    const refusing = new LineFramer(4)
    refusing.push(Buffer.from("ok\nabc"), { line, overflow: (start) => seen.push(start.toString()) < 0, skipped: () => true })
    refusing.push(Buffer.from("defgh\nmore\n"), { line, overflow: (start) => seen.push(start.toString()) < 0, skipped: () => true })
    refusing.push(Buffer.from("and more\n"), { line, overflow: () => true, skipped: () => true })
    expect(seen).toEqual(["ok", "abcd"])
    expect([refusing.pending, refusing.isSkipping]).toEqual([0, false])
    const leaving = new LineFramer(4)
    leaving.push(Buffer.from("abcdefgh\nmore\n"), { line, overflow: () => true, skipped: () => false })
    expect(seen).toEqual(["ok", "abcd"])
  })

  it("accepts a line of exactly the bound with either end, and no byte more", () => {
    expect(frame([Buffer.from("abcd\n")], 4).lines).toEqual(["abcd"])
    expect(frame([Buffer.from("abcd\r"), Buffer.from("\n")], 4).lines).toEqual(["abcd"])
    expect(frame([Buffer.from("abcde\n")], 4).overflows).toEqual(["abcd"])
    expect(frame([Buffer.from("abcd\r"), Buffer.from("x")], 4).overflows).toEqual(["abcd"])
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
      ...nothingLong
    })
    expect(lines).toEqual(["abc", "abcdefgh"])
  })

  it("stops when the receiver has had enough", () => {
    const lines: Array<string> = []
    const framer = new LineFramer(10)
    const sink = { line: (line: Buffer) => lines.push(line.toString()) < 2, ...nothingLong }
    framer.push(Buffer.from("a\nb\nc\nd\n"), sink)
    framer.push(Buffer.from("e\n"), sink)
    expect(lines).toEqual(["a", "b"])
  })

  it("does work linear in the bytes: a line in single bytes costs about as much per byte at any length", () => {
    const once = (length: number): number => {
      const one = Buffer.of(0x61)
      const framer = new LineFramer(length)
      const sink = { line: () => true, ...nothingLong }
      const started = performance.now()
      for (let i = 0; i < length; i++) framer.push(one, sink)
      return (performance.now() - started) / length
    }
    const cost = (length: number): number => Math.min(once(length), once(length), once(length))
    // Quadratic work would make the longer line sixteen times as dear per byte.
    expect(cost(1_600_000)).toBeLessThan(6 * cost(100_000))
  })
})
