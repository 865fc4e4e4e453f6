import type { Indicator } from "../indicator.ts"

/** Lists of other servers without which nobody could have named what one server names. */
const leastListers = 5

/** Entries from which on it is no accident of a stale list, and what part of the list they are at least. */
const least = { entries: 10, part: 0.1 }

/** Entries that count in full. */
const full = 100

/**
 * Do its peer lists name what is not there: hosts that nobody else names and
 * that do not answer, entries that name nothing, one host or entry over and over? Short
 * lists, lists that miss servers, and a few stale entries earn nothing.
 */
export const inventedPeers: Indicator = ({ announced }, crawl) => {
  if (announced === null) return { untested: "it showed no peer list" }
  const { entries, examples, recurring, repeated, soleImpossible, soleUnanswered } = announced
  if (crawl.listers < leastListers) return { untested: "too few servers showed lists to tell what only one names" }
  const value = soleUnanswered + soleImpossible + repeated + recurring
  return {
    value,
    share: value < least.entries || value < least.part * entries ? 0 : Math.min(1, value / full),
    detail: {
      entries,
      named_by_it_alone_without_answer: soleUnanswered,
      impossible_entries_of_it_alone: soleImpossible,
      entries_beyond_four_a_host: repeated,
      entries_again_in_one_list: recurring,
      examples
    }
  }
}
