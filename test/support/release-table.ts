import { readme } from "./readme.ts"
import { startServer } from "./start-server.ts"
import { Effect } from "effect"
import { expect } from "vitest"
import { plainTcp, request } from "./plain-client.ts"
import type { ScriptedNode } from "./scripted-node.ts"

/**
 * Everything that a line is answered with until the connection ends or nothing more comes; without padding.
 * Where an end is expected it is waited for: on a busy machine it may come later than 20 ms.
 */
export const answersTo = async (port: number, text: string, ends = false): Promise<ReadonlyArray<string>> => {
  const client = plainTcp(port)
  const lines = text.split("\n").length - 1
  client.send(text)
  await client.until((c) => c.closed() !== null || !ends && c.lines().length >= lines)
  // A refusal brings more than it was asked, and the end.
  await new Promise((resolve) => setTimeout(resolve, 20))
  const shown = client.lines().map((line) => line.replace(/ {9,}/g, ""))
  client.destroy()
  return client.closed() === "end" ? [...shown, "end"] : shown
}

/** What one line, or several, are answered with by each release. */
export type ReleaseRow<Software extends string> = readonly [
  probe: string,
  lines: string,
  answers: Readonly<Record<Software, string | ReadonlyArray<string>>>
]

export const call = (method: string, params: ReadonlyArray<unknown> = [], id = 1): string => request(id, method, params)

export const handshake = (versions: unknown): string => call("server.version", ["x", versions], 0)

/** The same answer of all of them. */
export const allOf = <A extends string>(releases: ReadonlyArray<A>, answer: string | ReadonlyArray<string>) =>
  Object.fromEntries(releases.map((release) => [release, answer])) as Record<A, string | ReadonlyArray<string>>

/** One answer before a release, another from it on; releases in order. */
export const fromRelease = <A extends string>(releases: ReadonlyArray<A>, first: A, before: string, after: string) =>
  Object.fromEntries(
    releases.map((release, i) => [release, i < releases.indexOf(first) ? before : after])
  ) as Readonly<Record<A, string>>

/** Ask every release everything, with one node behind them; the README says how many that are. */
export const checkReleases = Effect.fnUntraced(function*<A extends string>(
  title: string,
  node: ScriptedNode,
  releases: ReadonlyArray<A>,
  table: ReadonlyArray<ReleaseRow<A>>
) {
  yield* Effect.forEach(
    releases,
    Effect.fnUntraced(function*(software) {
      const server = yield* startServer({ software, backend: node })
      yield* Effect.forEach(
        table,
        ([probe, lines, answers]) =>
          Effect.promise(async () => {
            const expected = [answers[software]].flat()
            const got = await answersTo(server.tcpPort, lines, expected.at(-1) === "end")
            // The answer to the handshake before is the same everywhere.
            const after = got.slice(lines.split("\n").length > 2 ? 1 : 0)
            expect([software, probe, after]).toEqual([software, probe, expected])
          }),
        { concurrency: "unbounded", discard: true }
      )
    }),
    { concurrency: "unbounded", discard: true }
  )
  expect(readme("src/simnet")).toContain(`| ${title} | ${releases.length * table.length} | | | from source, not executed |`)
})
