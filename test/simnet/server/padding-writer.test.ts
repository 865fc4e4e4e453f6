import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PaddingWriter } from "../../../src/simnet/server/padding-writer.ts"

describe("the padding writer", () => {
  it("writes every byte, in blocks of powers of two from 1,024, with spaces before the last bracket only", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 12 }), (sizes) => {
        const blocks: Array<Buffer> = []
        const writer = new PaddingWriter({ warmUp: Number.POSITIVE_INFINITY, flushesAtEnd: false }, (block) => blocks.push(block))
        for (const size of sizes) writer.push(Buffer.from(`{"x":"${"a".repeat(size)}"}\n`))
        writer.drop()
        for (const block of blocks) {
          expect(block.length).toBeGreaterThanOrEqual(1024)
          expect(Math.log2(block.length) % 1).toBe(0)
          expect(block.toString().endsWith("}\n")).toBe(true)
        }
        const values = Buffer.concat(blocks)
          .toString()
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as { x: string }).x.length)
        expect(values).toEqual(sizes)
      }),
      { numRuns: 50 }
    )
  })
})
