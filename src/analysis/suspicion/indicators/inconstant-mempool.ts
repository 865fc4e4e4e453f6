import { type Indicator, named } from "../indicator.ts"

/** Connections from which on enough switches could be seen. */
const leastLooks = 4

/**
 * Switches that a restart makes: the mempool is lost once and read again. Nobody's
 * goes and comes back twice within minutes.
 */
const innocentSwitches = 2

/** Switches beyond those that count in full. */
const full = 4

/**
 * Has a server by turns no mempool at all and more than a block can take, from one
 * connection to the next? Mempools differ between nodes, and are empty in quiet
 * hours and after restarts: that earns nothing, whatever others have.
 */
export const inconstantMempool: Indicator = ({ mempools }) => {
  if (mempools.every(({ looks }) => looks < leastLooks)) {
    return { untested: `its mempool was seen empty, or larger than a block, on fewer than ${leastLooks} connections` }
  }
  const most = Math.max(...mempools.map(({ switches }) => switches))
  return {
    value: most,
    share: Math.min(1, Math.max(0, most - innocentSwitches) / full),
    detail: most === 0 ? {} : { endpoints: named(mempools.filter(({ switches }) => switches > 0)) }
  }
}
