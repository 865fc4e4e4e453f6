import type { Endpoint } from "./endpoint.ts"

/** Why an endpoint is counted with its server (definitions: README, "What is counted"). */
export type ServerEvidence =
  /** The only or first endpoint. */
  | "itself"
  /** (a) Same host name or address literal, and nothing shown there that contradicts it. */
  | "same host"
  /** (b) Same dialled address with the same certificate in the same minute, and no two features. */
  | "same address and certificate"
  /** (b) Same dialled address with the same features in the same minute. */
  | "same address and features"
  /** (c) Each claimed the endpoint of the other in `server.features.hosts`, and more than words joins them. */
  | "mutual hosts claim"

/** One running service = (chain, process), as far as this crawl can tell. */
export interface Server {
  readonly endpoints: ReadonlyArray<{ readonly endpoint: Endpoint; readonly evidence: ServerEvidence }>
  /** Chain shown by headers; null while unverified or unreached. */
  readonly chain: string | null
  /** At least one endpoint answered `server.version`. An unreached host is a server of its own, unconfirmed. */
  readonly confirmed: boolean
}
