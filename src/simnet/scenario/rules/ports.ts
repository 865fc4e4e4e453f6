import type { FleetName } from "../fleet-spec.ts"
import type { Mistake, Path } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import type { ServerSpec } from "../server-spec.ts"
import { labelsOf } from "./labels.ts"

const noPort = "offers no port; it needs tcp or tls"

/** One port of one place is TCP or TLS, not both, whatever its names. */
const mistakesOfServer = (server: ServerSpec, path: Path): ReadonlyArray<Mistake> => {
  const used = new Map<string, "tcp" | "tls">()
  return server.names.flatMap((name, i) => {
    if (name.tcp === undefined && name.tls === undefined) return [{ path: [...path, "names", i], message: noPort }]
    return (["tcp", "tls"] as const).flatMap((transport) => {
      const port = name[transport]
      if (port === undefined) return []
      const places = [name.host, ...(name.addresses ?? [])].map((host) => `${host} ${port}`)
      const other = transport === "tcp" ? "tls" : "tcp"
      const clash = places.some((place) => used.get(place) === other)
      for (const place of places) used.set(place, transport)
      return clash ? [{ path: [...path, "names", i, transport], message: `${port} is its ${other} port already` }] : []
    })
  })
}

const portsOf = (choice: FleetName["tcp"]): ReadonlyArray<string> =>
  typeof choice === "number" ? [String(choice)] : choice === undefined ? ["none"] : labelsOf(choice)

const mistakesOfFleetName = (name: FleetName, path: Path): ReadonlyArray<Mistake> => {
  const [tcp, tls] = [portsOf(name.tcp), portsOf(name.tls)]
  if (tcp.includes("none") && tls.includes("none")) {
    const never = [...tcp, ...tls].every((port) => port === "none")
    return [{ path, message: never ? noPort : "may be drawn no port; only one of tcp and tls may be none" }]
  }
  const both = tls.find((port) => port !== "none" && tcp.includes(port))
  return both === undefined ? [] : [{ path: [...path, "tls"], message: `${both} may be its tcp port already` }]
}

/** Names without a port, and ports that are given twice. */
export const mistakesOfPorts = (scenario: Scenario): ReadonlyArray<Mistake> => [
  ...(scenario.servers ?? []).flatMap((server, i) => mistakesOfServer(server, ["servers", i])),
  ...(scenario.fleets ?? []).flatMap((fleet, i) =>
    fleet.names.flatMap((name, j) => mistakesOfFleetName(name, ["fleets", i, "names", j]))
  )
]
