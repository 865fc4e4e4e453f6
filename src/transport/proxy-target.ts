import { canonicalAddress } from "../domain/address.ts"

/** A SOCKS5 proxy as the user names it. */
export interface ProxyTarget {
  /** IP address, or a name the local machine resolves. */
  readonly host: string
  readonly port: number
  readonly credentials: ProxyCredentials | null
}

/** RFC 1929: both 1 to 255 bytes. */
export interface ProxyCredentials {
  readonly username: string
  readonly password: string
}

/** `host:port` as stored and shown: never with the credentials. */
export const proxyText = (proxy: Pick<ProxyTarget, "host" | "port">): string =>
  `${proxy.host.includes(":") ? `[${proxy.host}]` : proxy.host}:${proxy.port}`

/** RFC 6761 section 6.3: `localhost` is loopback, and asking anybody would be wrong. */
export const literalOfLocalhost = (host: string): string => host === "localhost" ? "127.0.0.1" : host

const bounded = (text: string): boolean => Buffer.byteLength(text) <= 255

/** Percent-decoded, or undefined when the encoding is broken. */
export const percentDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Read `socks5://[user:password@]host:port` (also `socks5h://`, which says the
 * same here: names are never resolved on our side). A string says what is wrong.
 */
export const parseProxyTarget = (text: string): ProxyTarget | string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== "socks5:" && url.protocol !== "socks5h:")) {
    return "expected socks5://[user:password@]host:port"
  }
  if (url.hostname === "" || url.port === "" || url.port === "0") return "the proxy needs a host and a port"
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "") {
    return "nothing may follow the proxy's port"
  }
  const bare = url.hostname.replace(/^\[(.*)\]$/, "$1")
  const host = canonicalAddress(bare) ?? literalOfLocalhost(bare.toLowerCase())
  if (/[^a-z0-9.:_-]/.test(host)) return "the proxy's host has characters no host has"
  const username = percentDecoded(url.username)
  const password = percentDecoded(url.password)
  if (username === undefined || password === undefined) return "the proxy's credentials are not percent-encoded"
  if (!bounded(username) || !bounded(password)) return "the proxy's credentials are longer than 255 bytes"
  const credentials = username === "" && password === "" ? null : { username, password }
  return { host, port: Number(url.port), credentials }
}
