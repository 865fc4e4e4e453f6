import type { VisitReason } from "../domain/reason.ts"

/** What a proxy's refusal says about the peer. */
export interface SocksRefusal {
  readonly reason: VisitReason
  readonly detail: string
}

/**
 * Reply codes of RFC 1928 section 6, and Tor's extended errors for onion
 * services (Tor proposal 304). A code that speaks of the proxy's own trouble is
 * reason `proxy`, since it says nothing about the peer.
 */
const refusals: Readonly<Record<number, readonly [VisitReason, string]>> = {
  0x01: ["proxy", "general failure"],
  0x02: ["proxy", "not allowed by the proxy's rules"],
  0x03: ["unreachable", "network unreachable"],
  0x04: ["unreachable", "host unreachable"],
  0x05: ["refused", "connection refused"],
  // Tor answers 6 when its exit's connection attempt times out.
  0x06: ["connect timeout", "TTL expired"],
  0x07: ["proxy", "command not supported"],
  0x08: ["proxy", "address type not supported"],
  0xf0: ["unreachable", "onion service descriptor not found"],
  0xf1: ["unreachable", "onion service descriptor invalid"],
  0xf2: ["unreachable", "onion service introduction failed"],
  0xf3: ["unreachable", "onion service rendezvous failed"],
  0xf4: ["unreachable", "onion service wants client authorization"],
  0xf5: ["unreachable", "onion service refused client authorization"],
  0xf6: ["unreachable", "onion address invalid"],
  0xf7: ["connect timeout", "onion service introduction timed out"]
}

/** A byte as the RFCs write it, e.g. `0x05`. */
export const hexByte = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`

/** The meaning of a SOCKS5 reply code other than 0. Codes nobody defined are the proxy's. */
export const socksRefusal = (code: number): SocksRefusal => {
  const [reason, words] = refusals[code] ?? ["proxy", "unassigned reply code"]
  return { reason, detail: `SOCKS ${hexByte(code)} ${words}` }
}
