import { type Indicator, named } from "../indicator.ts"

/** Connections of an endpoint, or snapshots of busy hours, from which on it could be seen. */
const leastLooks = { connections: 4, snapshots: 2 }

/**
 * Switches that a restart makes: the mempool is lost once and read again. Nobody's
 * goes and comes back twice within minutes.
 */
const innocentSwitches = 2

/** Switches beyond those that count in full. */
const full = 4

/**
 * What none at all earns, at a time when nearly everybody has one and it had one
 * like theirs at another, or between two connections at one tip that show it: a
 * restart does that, if seldom just then. Each further time that it is there again earns as much.
 */
const once = 0.25

/**
 * Has a server by turns no mempool at all and more than a block can take, from one
 * connection to the next, or at one tip one that is gone and there again, or none
 * when nearly everybody has one, and at another time one like theirs? Mempools differ between nodes, and are empty in quiet
 * hours; a node that never has any, or a small one, is set up so: that earns nothing.
 */
export const inconstantMempool: Indicator = ({ absence, mempools }) => {
  const returns = Math.max(0, ...mempools.map((mempool) => mempool.returns))
  const isAsked = returns > 0 || mempools.some(({ looks }) => looks >= leastLooks.connections)
  if (!isAsked && (absence === null || absence.snapshots < leastLooks.snapshots)) {
    return {
      untested: `its mempool was seen empty, or larger than a block, on fewer than ${leastLooks.connections} connections, and at fewer than ${leastLooks.snapshots} snapshots of busy hours`
    }
  }
  const most = Math.max(0, ...mempools.map(({ switches }) => switches))
  const isAbsent = absence !== null && absence.absent > 0 && absence.present > 0
  return {
    value: Math.max(most, 2 * returns) + (isAbsent ? absence.absent : 0),
    share: Math.max(isAbsent ? once : 0, Math.min(1, once * returns), Math.min(1, Math.max(0, most - innocentSwitches) / full)),
    detail: {
      ...(most > 0 || returns > 0 ? { endpoints: named(mempools.filter((mempool) => mempool.switches > 0 || mempool.returns > 0)) } : {}),
      ...(isAbsent ? { at_snapshots: absence } : {})
    }
  }
}
