import { isOnion } from "../domain/host.ts"
import { counted } from "./figure-text.ts"
import type { PublicCrawl } from "./public-atlas.ts"
import type { HappenedPage, HappenedRow, LatenessPage, OutageRow, WatchedPage, WatchedServer } from "./shapes/watched.ts"
import { withheldText } from "./withholding.ts"

interface Endpoint {
  readonly serverId: number
  readonly host: string
}

const isOfOnion = ({ host }: Endpoint): boolean => isOnion(host)

/** Whether an endpoint of a watch is one of those that its server is shown under. */
const isShown = ({ withholding }: PublicCrawl) => ({ host, serverId }: Endpoint): boolean =>
  (withholding.shown.get(serverId) ?? []).some((one) => one.host === host)

/**
 * Nothing that a watch saw is told of an onion: who holds its times against those of
 * clearnet servers finds what it belongs to. Shares tell times too: two that decay at
 * their own pace say how long ago an outage was, and one that changes from one edition
 * to the next says when.
 */
const isTold = (shown: PublicCrawl) => {
  const isOfShown = isShown(shown)
  return (endpoint: Endpoint): boolean => isOfShown(endpoint) && !isOfOnion(endpoint)
}

/**
 * Systems and countries that shown servers have are told; of others only that there was
 * one. How many fell silent there is not: servers that are not shown are among them, and
 * who counts those that are would know where the others stand.
 */
const publicOutage = ({ servers }: PublicCrawl) => {
  const known = new Set(servers.flatMap(({ asn, country }) => [...asn === null ? [] : [`AS ${asn}`], ...country === null ? [] : [`country ${country}`]]))
  return (outage: OutageRow): OutageRow =>
    outage.where === null ? outage : { ...outage, where: known.has(outage.where) ? outage.where : withheldText, silent: null, up: null }
}

/** A cause names the system or country of its server, which is not told of all. */
const withPublicCause = ({ byId }: PublicCrawl, serverId: number) => <A extends { readonly cause: string | null }>(one: A): A => {
  const server = byId.get(serverId)
  if (one.cause === null || (server?.asn != null && server.country !== null)) return one
  return { ...one, cause: one.cause.replace(/ of .*/, "") }
}

const publicEvent = (shown: PublicCrawl) => (event: HappenedRow): HappenedRow => withPublicCause(shown, event.serverId)(event)

const sentence = (left: number, onions: number): { readonly withheld?: string } => {
  const parts = [
    ...left === 0 ? [] : [`${counted(left, "watched server", "watched servers")} that nobody announces publicly or whose operator asked to be left out`],
    ...onions === 0 ? [] : [`when and how much ${counted(onions, "onion was", "onions were")} up, since that would join ${onions === 1 ? "it" : "them"} to clearnet`]
  ]
  return parts.length === 0 ? {} : { withheld: `Withheld here: ${parts.join("; ")}.` }
}

export const publicWatched = (page: WatchedPage, shown: PublicCrawl): WatchedPage => {
  const rows = page.rows.filter(isShown(shown))
  return {
    ...page,
    rows: rows.filter(isTold(shown)),
    outages: page.outages.map(publicOutage(shown)),
    ...sentence(page.rows.length - rows.length, rows.filter(isOfOnion).length)
  }
}

export const publicHappened = (page: HappenedPage, shown: PublicCrawl): HappenedPage => {
  const known = page.events.filter(isShown(shown))
  const tellsTimes = ({ serverId }: { readonly serverId: number }): boolean => shown.byId.has(serverId) && !shown.withholding.isOnion(serverId)
  return {
    ...page,
    outages: page.outages.map(publicOutage(shown)),
    joint: page.joint.flatMap((joint) => {
      const servers = joint.servers.filter(tellsTimes).map(({ serverId }) => ({ serverId, host: shown.byId.get(serverId)!.host }))
      return servers.length < 2 ? [] : [{ ...joint, servers }]
    }),
    events: known.filter((event) => !isOfOnion(event)).map(publicEvent(shown)),
    ...sentence(
      new Set(page.events.filter((event) => !isShown(shown)(event)).map(({ endpointId }) => endpointId)).size,
      new Set(known.filter(isOfOnion).map(({ endpointId }) => endpointId)).size
    )
  }
}

export const publicLateness = (page: LatenessPage, shown: PublicCrawl): LatenessPage => {
  const rows = page.rows.filter(isShown(shown))
  return { ...page, rows: rows.filter((row) => !isOfOnion(row)), ...sentence(page.rows.length - rows.length, rows.filter(isOfOnion).length) }
}

export const publicWatchedServer = (detail: WatchedServer, shown: PublicCrawl): WatchedServer => {
  const endpoints = detail.endpoints.filter(isShown(shown))
  return {
    ...detail,
    endpoints: endpoints.filter(isTold(shown)).map((endpoint) => ({
      ...endpoint,
      stretches: endpoint.stretches.map(withPublicCause(shown, endpoint.serverId))
    })),
    lateness: { ...detail.lateness, rows: detail.lateness.rows.filter(isTold(shown)) },
    events: detail.events.filter(isTold(shown)).map(publicEvent(shown)),
    ...sentence(detail.endpoints.length - endpoints.length, endpoints.filter(isOfOnion).length)
  }
}
