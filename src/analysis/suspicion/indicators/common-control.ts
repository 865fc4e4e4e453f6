import { deviationsOf } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { strangers } from "../relations.ts"

/** Strangers from which on one odd way of behaving is no coincidence. */
const leastAlike = 3

/**
 * Do strangers' servers deviate from their software in exactly the same ways?
 * Servers that do what their software does by default are alike by right, so
 * only sets of deviations are compared, never stock behaviour.
 */
export const identicalDeviations: Indicator = (server, crawl) => {
  if (server.visits.every((visit) => visit.contradictions === null) && server.deep === null) {
    return { untested: "what it behaves like is not known" }
  }
  const deviations = deviationsOf(server)
  const alike = deviations.length === 0 ? [] : crawl.byDeviation.get(deviations.join("\n"))!
  const groups = alike.length === 0 ? 0 : strangers(crawl.groups, alike)
  return {
    value: groups,
    share: groups < leastAlike ? 0 : Math.min(1, groups / 8),
    detail: deviations.length === 0 ? {} : { deviations: named(deviations), servers: named(alike) }
  }
}

/** Posterior from which on linkage speaks of one operator. */
const likelyOne = 0.95

/** Members from which on a fleet counts in full. */
const largeFleet = 10

/**
 * Is it one of several servers that are probably one operator's, none of which
 * says so? Nobody has to, so it earns little, and nothing where there is no name
 * of its own in which it could be said.
 */
export const hiddenFleet: Indicator = (server, crawl) => {
  if (crawl.groups.fleetsOf === null) return { untested: "operators were not looked for" }
  const fleets = (crawl.groups.fleetsOf.get(server.serverId) ?? []).filter(({ posterior }) => posterior >= likelyOne)
  const hidden = fleets.filter(({ isNamed, isStated }) => isNamed && !isStated)
  return {
    value: Math.max(0, ...fleets.map(({ servers }) => servers)),
    share: Math.max(0, ...hidden.map(({ posterior, servers }) => posterior * Math.min(1, (servers - 1) / (largeFleet - 1)))),
    detail: fleets.length === 0 ? {} : {
      fleets: named(fleets.map(({ clusterId, isNamed, isStated, posterior, servers }) => ({
        cluster_id: clusterId,
        servers,
        posterior,
        ...(isStated
          ? { because: "it says itself that it belongs to others of them" }
          : isNamed
          ? {}
          : { because: "it is known under no name in which it could be said: nothing is held against it" })
      })))
    }
  }
}
