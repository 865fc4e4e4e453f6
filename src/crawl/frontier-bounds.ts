import type { Endpoint } from "../domain/endpoint.ts"

/**
 * SSH, mail submission and DNS: dialled only when a seed names them. The field
 * does use 110, 143, 443, 993 and 995 for Electrum, so these are not here.
 */
const sensitivePorts: ReadonlySet<number> = new Set([22, 25, 53, 465, 587, 853, 2222, 2525, 5353])

/** What the frontier's bounds say about a new endpoint. */
export interface BoundState {
  readonly bySeed: boolean
  /** It is among the endpoints accepted from this source and visit. */
  readonly follow: boolean
  readonly crawlIsFull: boolean
  readonly hostIsFull: boolean
}

/** Why a new endpoint is known but will not be dialled (`policy`, with this detail); null when it may be. */
export const boundRefusal = ({ port, transport }: Endpoint, state: BoundState): string | null => {
  if (transport === "ws" || transport === "wss") return `transport: ${transport} is not spoken`
  if (!state.bySeed && sensitivePorts.has(port)) return `port: ${port} is dialled only when a seed names it`
  if (!state.follow) return "budget: endpoints accepted per source and visit"
  if (state.crawlIsFull) return "budget: endpoints per crawl"
  return state.hostIsFull ? "budget: ports per host" : null
}
