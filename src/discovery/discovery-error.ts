import { Schema } from "effect"
import type { TransportError } from "../transport/transport-error.ts"

/** Why a list or a chain could not be read. */
export const DiscoveryReason = Schema.Literals([
  "not found",
  "cannot read",
  "cannot connect",
  "no such name",
  "too large",
  "timeout",
  /** A URL answered with something else than the list. */
  "http status",
  /** `OBSERVATORY_LOOPBACK_ONLY` is set, or the URL is of a kind we don't fetch. */
  "not allowed",
  /** It was read, but it is not what it should be. */
  "bad format"
])
export type DiscoveryReason = typeof DiscoveryReason.Type

/** Why a source was not reached or resolved. */
export const unreachedReason = ({ reason }: TransportError): DiscoveryReason =>
  reason === "policy" ? "not allowed" : reason === "dns" ? "no such name" : "cannot connect"

/** The one error of `discovery/`. Malformed announcements are no errors: they are advertisements with a problem. */
export class DiscoveryError extends Schema.TaggedError<DiscoveryError>()("DiscoveryError", {
  reason: DiscoveryReason,
  /** File or URL. */
  subject: Schema.String,
  /** A sentence for a person. */
  message: Schema.String
}) {}
