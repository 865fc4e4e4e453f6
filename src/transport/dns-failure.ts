import { TransportError } from "./transport-error.ts"
import { noNetwork } from "./vantage.ts"

/** The name is wrong, or does not exist, or has no address: no trouble of ours can look like this. */
const aboutTheName = new Set(["ENOTFOUND", "ENODATA", "EBADNAME", "EFORMERR"])
const ours = new Set(["ENOMEM", "EDESTRUCTION", "ENOTINITIALIZED", "ELOADIPHLPAPI", "EADDRGETNETWORKPARAMS", "ECANCELLED"])
const givenByServer = new Set(["ENOTFOUND", "ENODATA", "ESERVFAIL", "EFORMERR", "ENOTIMP", "EREFUSED", "EBADRESP"])

/** True for codes that a name server gave: whatever they say, it was reached. */
export const isServersWord = (code: string): boolean => givenByServer.has(code)

/** True when the code alone does not tell a name's trouble from ours. */
export const isDoubtful = (code: string): boolean => !aboutTheName.has(code) && !ours.has(code)

/** What else was found out about a doubtful code. */
export interface DnsCircumstances {
  /** The name server asked, as `address:port`; null for the system's. */
  readonly server: string | null
  /** This machine has a route to the internet, or does not need one for the server asked. */
  readonly hasRoute: boolean
  /** Some question, of any name, was answered lately. */
  readonly isReachable: boolean
}

/**
 * Why a name has no address: reason `dns` where it is the name's fault, `us`
 * where we could ask nobody. A name is never called dead because we are offline.
 */
export const dnsFailure = (code: string, { hasRoute, isReachable, server }: DnsCircumstances): TransportError => {
  const fail = (reason: "dns" | "us", detail: string) => new TransportError({ reason, phase: "resolve", detail })
  if (ours.has(code)) return fail("us", code)
  if (!isDoubtful(code)) return fail("dns", code)
  if (hasRoute && code !== "ECONNREFUSED" && (isReachable || isServersWord(code))) return fail("dns", code)
  const whom = server === null ? `${noNetwork}: name servers` : `name server ${server}`
  return fail("us", `${whom} unreachable (${code})`)
}
