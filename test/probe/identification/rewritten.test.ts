import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../../src/domain/chain.ts"
import { type Implementation, isInRange } from "../../../src/domain/implementation.ts"
import { rewriter } from "../../support/middle-man.ts"
import { allReleases } from "../../support/release-texts.ts"
import { startServer } from "../../support/start-server.ts"
import { loopbackVisitor, visitPort } from "../../support/visiting.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** What a line says, each part as it was written. */
const partsOf = (line: string): { readonly id: string; readonly member: string; readonly value: string } | undefined => {
  const sorted = /^\{"id":([^,]+),"jsonrpc":"2\.0","(result)":(.*?) *\}$/s.exec(line)
  if (sorted !== null) return { id: sorted[1]!, member: sorted[2]!, value: sorted[3]! }
  const failed = /^\{"(error)":(.*),"id":([^,]+),"jsonrpc":"2\.0" *\}$/s.exec(line)
  if (failed !== null) return { id: failed[3]!, member: failed[1]!, value: failed[2]! }
  const python = /^\{"jsonrpc": ?"2\.0", ?"(result|error)": ?(.*), ?"id": ?([^,]+?) *\}$/s.exec(line)
  return python === null ? undefined : { id: python[3]!, member: python[1]!, value: python[2]! }
}

const sorted = (end: string) => (line: string): string => {
  const parts = partsOf(line)
  if (parts === undefined) return line + end
  const { id, member, value } = parts
  return (member === "error" ? `{"error":${value},"id":${id},"jsonrpc":"2.0"}` : `{"id":${id},"jsonrpc":"2.0","result":${value}}`) + end
}

/** Programs in between that write every line as another software would, and leave what is in it alone. */
const disguises: ReadonlyArray<readonly [as: ReadonlyArray<Implementation>, rewrite: (line: string) => string]> = [
  [["Fulcrum"], sorted("\r\n")],
  [["romanz electrs", "Blockstream electrs", "mempool electrs"], sorted("\n")],
  [["ElectrumX"], (line) => {
    const parts = partsOf(line)
    return parts === undefined ? `${line}\n` : `{"jsonrpc":"2.0","${parts.member}":${parts.value},"id":${parts.id}}\n`
  }]
]

layer(loopbackVisitor, { excludeTestServices: true })("a server whose every line is written anew as another software does", (it) => {
  it.effect("is told from it by the forms of its replies, or not named", () =>
    Effect.gen(function*() {
      const cases = allReleases.flatMap((release) =>
        disguises.flatMap(([as, rewrite]) => as.includes(release.implementation) ? [] : [{ ...release, as, rewrite }]))
      const found = yield* Effect.forEach(cases, ({ as, implementation, release, rewrite, software }) =>
        Effect.gen(function*() {
          const { tcpPort } = yield* startServer({ software })
          const { port } = yield* rewriter(tcpPort, rewrite)
          const { identification } = yield* visitPort(port, { chain, peerRounds: 1 })
          return { software, as: as.join(" or "), implementation, release, found: identification! }
        }).pipe(Effect.scoped), { concurrency: 8 })
      const named = found.filter((it) => it.found.implementation !== null)
      assert.isAbove(named.length, found.length / 2)
      for (const it of named) {
        const what = JSON.stringify([it.software, it.as, it.found.range, it.found.contradictions])
        assert.strictEqual(it.found.implementation, it.implementation, what)
        assert.isTrue(isInRange(it.release, it.found.range!), what)
        // The frame is told, and no claim that is true is held against it.
        assert.isTrue(it.found.contradictions.some((sentence) => /^(?:envelope|line end) /.test(sentence)), what)
        assert.notInclude(it.found.contradictions.join(), "claims", what)
      }
      // As often as a family is likeliest, it is the right one at least that often.
      const likely = found.map(({ found: { candidates, confidence }, implementation }) => {
        const [likeliest] = Object.entries(candidates).toSorted(([, x], [, y]) => y - x)[0]!
        return { confidence, right: likeliest === implementation }
      })
      const claimed = likely.reduce((sum, { confidence }) => sum + confidence, 0)
      assert.isAtLeast(likely.filter(({ right }) => right).length, claimed - 2)
    }), 120_000)
})
