import { canonicalAddress } from "../domain/address.ts"
import { literalOfLocalhost } from "./proxy-target.ts"

/** A DNS server, as `--resolver` names it. */
export interface NameServer {
  readonly address: string
  readonly port: number
}

/** `address:port`, IPv6 in brackets. */
export const nameServerText = ({ address, port }: NameServer): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`

/** Read `HOST:PORT` or `HOST` (port 53), an address or `localhost`. A string says what is wrong. */
export const parseNameServer = (text: string): NameServer | string => {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::([0-9]{1,5}))?$/.exec(text)
  const address = match === null
    ? canonicalAddress(text)
    : canonicalAddress(literalOfLocalhost(match[1] ?? match[2]!))
  if (address === undefined) return "expected HOST:PORT, the host an address such as 127.0.0.1 or [::1]"
  const port = Number(match?.[3] ?? "53")
  return port < 1 || port > 65535 ? "bad port" : { address, port }
}
