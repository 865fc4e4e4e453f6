import type { Transport } from "./endpoint.ts"
import type { NetworkClass } from "./host.ts"

/** A service an advertisement names: a port we could dial. */
export interface AdvertisedService {
  readonly transport: Transport
  readonly port: number
}

/**
 * One source said that a server exists at this name, address and these ports.
 * A malformed one is kept with its `problem` and no services; problems of a
 * part (one bad port among two) are listed in `notes`.
 */
export interface Advertisement {
  /** The text as received, cut to 4,096 characters. With the bytes its identity: one row per distinct text. */
  readonly raw: string
  /** The first 4,096 bytes as received where they are no UTF-8: the text has replacement characters then. */
  readonly rawOctets?: Uint8Array
  /** Canonical host, null when there is none to speak of. */
  readonly host: string | null
  readonly networkClass: NetworkClass | null
  /** The IP address the source gives for the host, canonical; a claim, never shown as seen. */
  readonly address: string | null
  /** As announced, e.g. `v1.4.3`'s `1.4.3`. */
  readonly versionText: string | null
  readonly pruning: number | null
  readonly services: ReadonlyArray<AdvertisedService>
  readonly problem: AdvertisementProblem | null
  /** Smaller oddities, each a short fixed phrase with the offending text. */
  readonly notes: ReadonlyArray<string>
}

/** Why an advertisement cannot be followed, or only in part. */
export type AdvertisementProblem =
  | "not a list"
  | "wrong length"
  | "wrong types"
  | "bad host"
  | "bad address"
  | "address not public"
  | "no usable port"
  | "too long"

/**
 * What a source is: a server's peer list; what a server claims of itself; a list
 * at a file or URL; a page for people; a name in the DNS; a channel; a scan of
 * addresses; an earlier database; the command line.
 */
export type SourceKind = "server" | "features" | "list" | "page" | "dns" | "irc" | "scan" | "database" | "user"

/** Who said it. */
export interface Source {
  readonly kind: SourceKind
  /** Endpoint key of the server, file or URL of the list, page, scan or database, name asked for, channel, or "command line". */
  readonly name: string
  /** Commit, date or version of a list, nick in a channel; null where there is none. */
  readonly detail: string | null
}
