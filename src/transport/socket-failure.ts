import type { VisitPhase, VisitReason } from "../domain/reason.ts"
import { TransportError } from "./transport-error.ts"

// What our own machine lacks or forbids says nothing about the server.
const reasons: Readonly<Record<string, VisitReason>> = {
  ECONNREFUSED: "refused",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENONET: "unreachable",
  EPROTONOSUPPORT: "unreachable",
  ENOPROTOOPT: "unreachable",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "closed",
  EMFILE: "us",
  ENFILE: "us",
  ENOBUFS: "us",
  ENOMEM: "us",
  EADDRNOTAVAIL: "us",
  EADDRINUSE: "us",
  EAFNOSUPPORT: "us",
  ENETDOWN: "us",
  EACCES: "us",
  EPERM: "us",
  EINVAL: "us"
}

/** Words of a failure are the peer's too (alerts, certificates): bounded before they are kept. */
const bounded = (text: string): string => text.slice(0, 300)

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined

/** OpenSSL's own words, e.g. `wrong version number`, out of an error of `node:tls`; undefined when it is none. */
const opensslWords = (error: Error): string | undefined => {
  if ("reason" in error && typeof error.reason === "string") return error.reason
  return /:SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1]
}

/** Node's sentence for an end of stream in the middle of a handshake, which it reports as ECONNRESET. */
const endedInHandshake = "Client network socket disconnected before secure TLS connection was established"

/**
 * What an error event of a socket means, in the vocabulary that is stored.
 * `detail` keeps the errno or OpenSSL's words.
 */
export const socketFailure = (error: Error, phase: VisitPhase): TransportError => {
  const code = codeOf(error)
  const fail = (reason: VisitReason, detail: string): TransportError =>
    new TransportError({ reason, phase, detail: bounded(detail) })
  if (error.message === endedInHandshake) return fail("closed", "end of stream")
  const words = opensslWords(error)
  if (words !== undefined) return fail("tls", words)
  if (code === "ETIMEDOUT") return fail(phase === "connect" ? "connect timeout" : phase === "tls" ? "tls timeout" : "reset", code)
  const reason = code === undefined ? undefined : reasons[code]
  if (reason !== undefined) return fail(reason, code!)
  return fail(phase === "connect" ? "unreachable" : phase === "tls" ? "tls" : "reset", `${code ?? error.name}: ${error.message}`)
}
