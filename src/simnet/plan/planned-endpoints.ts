import type { PlannedName, PlannedServer } from "./plan.ts"

/** What can be dialled of a planned server. */
export interface PlannedEndpoint {
  readonly host: string
  readonly port: number
  readonly transport: "tcp" | "tls"
}

/** What can be dialled at one of its names. */
export const endpointsAt = (name: PlannedName): ReadonlyArray<PlannedEndpoint> => [
  ...(name.tls === null ? [] : [{ host: name.host, port: name.tls, transport: "tls" as const }]),
  ...(name.tcp === null ? [] : [{ host: name.host, port: name.tcp, transport: "tcp" as const }])
]

/** What can be dialled at all of its names. */
export const endpointsOf = (server: PlannedServer): ReadonlyArray<PlannedEndpoint> => server.names.flatMap(endpointsAt)

/** `host:port:s` or `host:port:t`. */
export const endpointKey = ({ host, port, transport }: PlannedEndpoint): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}:${transport === "tls" ? "s" : "t"}`

/** The services of a server at one of its names, by port. */
export const servicesAt = (
  server: PlannedServer,
  host: string
): ReadonlyArray<readonly [port: number, transport: "tcp" | "tls"]> =>
  endpointsOf(server).filter((endpoint) => endpoint.host === host).map(({ port, transport }) => [port, transport])
