import { createSocket } from "node:dgram"
import { Effect } from "effect"
import { addressScope, ipVersion } from "../domain/address.ts"

/** Which internet this machine has a route to. What it has not is our lack, not a server's. */
export interface Vantage {
  readonly ipv4: boolean
  readonly ipv6: boolean
}

// Addresses of a root name server. Nothing is sent there: connecting a UDP socket only asks for the route.
const farAddress = { 4: "192.5.5.241", 6: "2001:500:2f::f" } as const

/**
 * True when a packet to an address of the public internet would have a route and a
 * source address. IPv6 needs a global source: behind a unique local one, silence would
 * more likely be ours than the server's.
 */
export const hasRoute = (address: string): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const isIpv4 = ipVersion(address) === 4
    const socket = createSocket(isIpv4 ? "udp4" : "udp6")
    const done = (answer: boolean): void => {
      socket.removeAllListeners()
      socket.on("error", () => {})
      socket.close()
      resume(Effect.succeed(answer))
    }
    socket.once("error", () => done(false))
    // Where there is no route Node calls back with the error and gives no event; the address is the unspecified one then.
    socket.connect(53, address, (error?: Error | null) => {
      if (error) return done(false)
      const scope = addressScope(socket.address().address)
      done(scope !== "unspecified" && scope !== "loopback" && scope !== "link-local" && (isIpv4 || scope !== "unique local"))
    })
    return Effect.sync(() => socket.close())
  })

/** Looks at the routing table, without sending a packet. */
export const detectVantage: Effect.Effect<Vantage> = Effect.all(
  { ipv4: hasRoute(farAddress[4]), ipv6: hasRoute(farAddress[6]) },
  { concurrency: 2 }
)

/** How the detail of an error of reason `us` begins when there is no network at all. */
export const noNetwork = "no network"

/** What this vantage lacks to reach a public address; undefined when it lacks nothing. */
export const vantageLack = (address: string, vantage: Vantage): string | undefined => {
  if (!vantage.ipv4 && !vantage.ipv6) return noNetwork
  if (ipVersion(address) === 4) return vantage.ipv4 ? undefined : "no IPv4"
  return vantage.ipv6 ? undefined : "no IPv6"
}
