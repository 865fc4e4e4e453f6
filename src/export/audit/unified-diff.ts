/** Lines around a change. */
const context = 3

type Step = { readonly kind: "same" | "out" | "in"; readonly line: string }

/** Shortest edits by longest common subsequence; lists have hundreds of lines. */
const steps = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Step> => {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)]
  const width = b.length + 1
  const common = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  const middle: Array<Step> = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      middle.push({ kind: "same", line: a[i]! })
      i++
      j++
    } else if (j >= b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) middle.push({ kind: "out", line: a[i++]! })
    else middle.push({ kind: "in", line: b[j++]! })
  }
  const same = (line: string): Step => ({ kind: "same", line })
  return [...before.slice(0, head).map(same), ...middle, ...before.slice(before.length - tail).map(same)]
}

const marks = { same: " ", out: "-", in: "+" } as const

const noNewline = "\\ No newline at end of file\n"

/** Lines with their ends, so that a last line without one is another line. */
const linesOf = (text: string): ReadonlyArray<string> => text === "" ? [] : text.match(/[^\n]*\n|[^\n]+$/g)!

/**
 * How a text becomes another, as `diff -u` writes it and `patch` and `git apply`
 * read it; empty where nothing changes.
 *
 * @param name of the file, as the patch names it
 */
export const unifiedDiff = (name: string, before: string, after: string): string => {
  const all = steps(linesOf(before), linesOf(after))
  const changed = all.flatMap(({ kind }, i) => kind === "same" ? [] : [i])
  if (changed.length === 0) return ""
  const hunks: Array<{ from: number; to: number }> = []
  for (const i of changed) {
    const last = hunks.at(-1)
    if (last !== undefined && i - context <= last.to) last.to = Math.min(all.length, i + 1 + context)
    else hunks.push({ from: Math.max(0, i - context), to: Math.min(all.length, i + 1 + context) })
  }
  const numbered = (from: number, to: number, without: "in" | "out"): readonly [start: number, count: number] => {
    const earlier = all.slice(0, from).filter(({ kind }) => kind !== without).length
    const count = all.slice(from, to).filter(({ kind }) => kind !== without).length
    return [count === 0 ? earlier : earlier + 1, count]
  }
  return [
    `--- a/${name}\n+++ b/${name}\n`,
    ...hunks.flatMap(({ from, to }) => {
      const [out, outs] = numbered(from, to, "in")
      const [into, ins] = numbered(from, to, "out")
      return [
        `@@ -${out},${outs} +${into},${ins} @@\n`,
        ...all.slice(from, to).map(({ kind, line }) => `${marks[kind]}${line}${line.endsWith("\n") ? "" : `\n${noNewline}`}`)
      ]
    })
  ].join("")
}
