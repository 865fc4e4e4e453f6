import { bracketed } from "../domain/host.ts"
import { BadRequest, Forbidden } from "./problem.ts"

/** What the guard looks at of a request; header names in small letters. */
export interface Asked {
  readonly method: string
  readonly headers: { readonly [name: string]: string | undefined }
}

export interface GuardOptions {
  readonly port: number
  /** The address that is listened on. */
  readonly host: string
  /** Further names under which this server is reached, e.g. of a proxy in front. */
  readonly names: ReadonlyArray<string>
}

/** An address as a host header has it. */
const isAddress = (name: string): boolean => /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/.test(name)

/**
 * Whether a host header names this server. A page of a stranger whose name was
 * made to lead to this machine (DNS rebinding) comes with the stranger's name.
 * Where all addresses are listened on, any address will do: only names can be
 * made to lead elsewhere.
 */
export const hostCheck = ({ host, names, port }: GuardOptions): (header: string | undefined) => boolean => {
  const isEverywhere = host === "0.0.0.0" || host === "::"
  const withPort = (name: string) => port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]
  const known = new Set(["127.0.0.1", "localhost", "[::1]", ...(isEverywhere ? [] : [bracketed(host.toLowerCase())])].flatMap(withPort))
  // A proxy in front has a port of its own.
  const added = new Set(names.map((name) => name.toLowerCase()))
  return (header) => {
    if (header === undefined) return false
    const asked = header.toLowerCase()
    const [, name, atPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(asked) ?? []
    return known.has(asked) || added.has(asked) || (name !== undefined && added.has(name)) ||
      (isEverywhere && name !== undefined && isAddress(name) && Number(atPort ?? 80) === port)
  }
}

const originHost = (origin: string): string | null => URL.canParse(origin) ? new URL(origin).host : null

/**
 * Why a request is not let in, before anything looks at what it wants; null if
 * it is. What changes or costs something comes from pages of this server or
 * from no page at all, and as JSON, which no form of a foreign page can send.
 */
export const refusalOf = (asked: Asked, isOurHost: (header: string | undefined) => boolean): BadRequest | Forbidden | null => {
  const { headers, method } = asked
  if (!isOurHost(headers["host"])) {
    return new Forbidden({ message: "This server is not known under the name it was asked by (--allow-host adds one)." })
  }
  if (!["GET", "HEAD", "POST", "DELETE"].includes(method)) return new BadRequest({ message: `${method} is not offered.` })
  if (method === "GET" || method === "HEAD") return null
  const { host, origin } = headers
  const site = headers["sec-fetch-site"]
  if ((origin !== undefined && originHost(origin) !== host?.toLowerCase()) || (site !== undefined && site !== "same-origin" && site !== "none")) {
    return new Forbidden({ message: "Pages of other servers may not ask this." })
  }
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase()
  if (method === "POST" && type !== "application/json") {
    return new BadRequest({ message: "The body has to be JSON, with the content type application/json." })
  }
  return null
}
