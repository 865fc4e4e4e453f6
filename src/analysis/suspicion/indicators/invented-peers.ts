import type { Indicator } from "../indicator.ts"

/** Lists of other servers without which nobody could have named what one server names. */
const leastListers = 5

/** Entries from which on it is no accident of a stale list, and what part of the list they are at least. */
const least = { entries: 10, part: 0.1 }

/** Entries that count in full. */
const full = 100

/**
 * Anybody can announce servers to one server alone and switch them off: it lists
 * them until it looks again (ElectrumX for 3 h, 18 of a domain by then, two of a
 * /16; Fulcrum for half an hour; protocol-facts section 3.2). So many of them are
 * worth `strangers` of the indicator at the most, so that nobody is smeared so.
 */
const gone = { full: 200, strangers: 0.03 }

/**
 * Do its peer lists name what is not there: hosts that nobody else names and
 * that do not answer, entries that name nothing, one host or entry over and over? Short
 * lists, lists that miss servers, and a few stale entries earn nothing.
 */
export const inventedPeers: Indicator = ({ announced }, crawl) => {
  if (announced === null) return { untested: "it showed no peer list" }
  const { entries, examples, recurring, repeated, soleImpossible, soleUnanswered } = announced
  if (crawl.listers < leastListers) return { untested: "too few servers showed lists to tell what only one names" }
  const untrue = soleImpossible + repeated + recurring
  const value = soleUnanswered + untrue
  const isMuch = value >= least.entries && value >= least.part * entries
  const brought = soleUnanswered >= gone.full ? 1 : Math.min(gone.strangers, soleUnanswered / full)
  return {
    value,
    share: isMuch ? Math.min(1, brought + untrue / full) : 0,
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
