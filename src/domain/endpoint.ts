import { bracketed, type Host, type HostProblem, type NetworkClass, parseHost } from "./host.ts"

/** What carries the bytes of a session. */
export type Transport = "tcp" | "tls" | "ws" | "wss"

/** Host, port and transport: what can be dialled. One server may have many. */
export interface Endpoint {
  readonly host: string
  readonly networkClass: NetworkClass
  readonly port: number
  readonly transport: Transport
}

/** The letters of the field: `s` and `t` from Electrum's peer strings, `w` and `x` ours for ws and wss. */
const letters: Readonly<Record<Transport, string>> = { tcp: "t", tls: "s", ws: "w", wss: "x" }

/** `host:port:letter`, the key of an endpoint everywhere; IPv6 hosts are bracketed. */
export const endpointKey = (endpoint: Pick<Endpoint, "host" | "port" | "transport">): string =>
  `${bracketed(endpoint.host)}:${endpoint.port}:${letters[endpoint.transport]}`

export const makeEndpoint = (host: Host, port: number, transport: Transport): Endpoint => ({
  host: host.text,
  networkClass: host.networkClass,
  port,
  transport
})

export type EndpointProblem = HostProblem | "expected HOST:PORT:t or HOST:PORT:s" | "bad port"

/** Read `HOST:PORT:t|s|w|x`; IPv6 with or without brackets. A string result says what is wrong. */
export const parseEndpoint = (text: string, options?: { readonly localNames?: boolean }): Endpoint | EndpointProblem => {
  const match = /^(.+):([0-9]{1,5}):([stwx])$/.exec(text.trim())
  if (match === null) return "expected HOST:PORT:t or HOST:PORT:s"
  const host = parseHost(match[1]!, options)
  if (typeof host === "string") return host
  const port = Number(match[2])
  if (port < 1 || port > 65535) return "bad port"
  const transport = (Object.keys(letters) as Array<Transport>).find((t) => letters[t] === match[3])!
  return makeEndpoint(host, port, transport)
}
