import type { Failure } from "../model/failure.ts"

/** RFC 1928 replies, and Tor's extended ones (proposal 304) that begin at 0xF0. */
export const socksReply = {
  succeeded: 0,
  generalFailure: 1,
  networkUnreachable: 3,
  unreachable: 4,
  refused: 5,
  ttlExpired: 6,
  commandNotSupported: 7,
  addressTypeNotSupported: 8,
  onionDescriptorNotFound: 0xf0,
  onionIntroductionFailed: 0xf2,
  onionAddressBad: 0xf6
} as const

/** What a proxy answers for a failure; null = nothing, ever. */
export const replyForFailure = (failure: Failure, onion: boolean): number | null => {
  if (failure === "black hole") return null
  if (onion) {
    return failure === "refused"
      ? socksReply.refused
      : failure === "unreachable"
        ? socksReply.onionIntroductionFailed
        : socksReply.onionDescriptorNotFound
  }
  switch (failure) {
    case "refused":
      return socksReply.refused
    case "unreachable":
    case "no name":
      return socksReply.unreachable
    case "ttl expired":
      return socksReply.ttlExpired
    case "general failure":
      return socksReply.generalFailure
  }
}
