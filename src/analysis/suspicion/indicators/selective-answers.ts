import { type Indicator, named } from "../indicator.ts"

/** Questions about the chain, whose right answer does not depend on who asks. */
const aboutChain = /^(?:header|history|balance)#/

/**
 * What a difference in texts, lists, fees or a tip earns, which may change, and
 * what silence or an error in one way earns whatever was asked: proxies treat
 * padded requests differently, and limits differ.
 */
const lesser = 0.1

/**
 * Does a server answer differently by how it is asked, on two days, beyond what
 * chance brings over all servers tested (false discovery rate 5 %)? Only two
 * contents about the chain contradict each other; silence in one way is little.
 */
export const selectiveAnswers: Indicator = ({ differential }) => {
  if (differential === null) return { untested: "it was not asked in two ways (probe --differential)" }
  if (differential.state === "not comparable") return { untested: "its answers in two ways could not be compared" }
  if (differential.state === "open") return { untested: "it differed once; not repeated on another day yet" }
  const isReplicated = differential.state === "differs"
  const chain = differential.toldBoth.filter((question) => aboutChain.test(question))
  return {
    value: isReplicated ? differential.differing.length : 0,
    share: isReplicated ? (chain.length > 0 ? 1 : lesser) : 0,
    detail: {
      state: differential.state,
      differing: named(differential.differing),
      contradicting: named(chain),
      p_value: differential.pValue,
      q_value: differential.qValue,
      servers_tested: differential.serversTested
    }
  }
}
