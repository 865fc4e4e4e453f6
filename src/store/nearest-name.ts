/** Edits (insertions, deletions, replacements, swaps of neighbours) that lead from one text to another. */
const distance = (a: string, b: string): number => {
  let beforeLast: Array<number> = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/** The name somebody probably meant: one that begins with, contains or resembles the text; undefined when none does. */
export const nearestName = (text: string, names: ReadonlyArray<string>): string | undefined => {
  const wanted = text.toLowerCase().slice(0, 100)
  if (wanted === "") return undefined
  const within = names.find((name) => name.startsWith(wanted)) ?? names.find((name) => name.includes(wanted))
  if (within !== undefined) return within
  const [best] = names
    .map((name) => ({ name, edits: distance(wanted, name) }))
    .toSorted((a, b) => a.edits - b.edits)
  return best !== undefined && best.edits <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined
}
