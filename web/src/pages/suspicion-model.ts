import type { SuspicionPage } from "../../../src/atlas/shapes/suspicion.ts"
import { count, counted, decimal } from "../text/format.ts"

/** How many are at the threshold of those that were judged: no score is no low score. */
export const flaggedOf = ({ flagged, histogram, servers, threshold }: Pick<SuspicionPage, "flagged" | "histogram" | "servers" | "threshold">): string => {
  const judged = histogram.reduce((sum, one) => sum + one, 0)
  const without = servers - judged
  return `${counted(flagged, "server")} of ${count(judged)} judged ${flagged === 1 ? "is" : "are"} at ${decimal(threshold, 0)} or above, where it is worth to look.`
    + (without === 0 ? "" : ` ${counted(without, "server")} ${without === 1 ? "has no score: nothing of it" : "have no score: nothing of them"} could be tested.`)
}

/** Indicators that are open, from a word of the address: names with commas between them. */
export const openIn = (word: string): ReadonlySet<string> => new Set(word.split(",").filter((name) => name !== ""))

/** The word of the address after one is opened or closed. */
export const toggledIn = (word: string, name: string): string => {
  const next = new Set(openIn(word))
  if (!next.delete(name)) next.add(name)
  return [...next].sort().join(",")
}
