import type { Endpoint } from "./endpoint.ts"

/** Whom a probe asks: one endpoint of a server that answered in a crawl, and what its regular visit learned. */
export interface ProbeTarget {
  readonly endpoint: Endpoint
  /** The server in that crawl. */
  readonly serverId: number
  /** What it behaved like; null when that is not known. */
  readonly implementation: string | null
  readonly versionRange: string | null
  /** Height of the tip it showed. */
  readonly tipHeight: number | null
  /** It answered `server.features`: some close the connection on it. */
  readonly hasFeatures: boolean
}
