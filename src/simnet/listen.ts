import type { Socket as UdpSocket } from "node:dgram"
import type { AddressInfo, Server } from "node:net"
import { Effect } from "effect"
import { SimnetError } from "./simnet-error.ts"

const loopback = "127.0.0.1"

const listenError = (what: string, port: number, error: NodeJS.ErrnoException): SimnetError => {
  if (error.code === "EADDRINUSE") {
    return new SimnetError({ reason: "port in use", message: `${what}: port ${port} is in use` })
  }
  if (error.code === "EMFILE" || error.code === "ENFILE") {
    return new SimnetError({ reason: "too few file descriptors", message: `${what}: out of file descriptors` })
  }
  return new SimnetError({
    reason: "cannot listen",
    message: `${what}: cannot listen on ${loopback}:${port}: ${error.message}`
  })
}

/** Listen on loopback; 0 = any free port. Returns the port. */
export const listenTcp = (server: Server, port: number, what: string): Effect.Effect<number, SimnetError> =>
  Effect.callback((resume) => {
    const onError = (error: NodeJS.ErrnoException): void => resume(Effect.fail(listenError(what, port, error)))
    server.once("error", onError)
    server.listen({ host: loopback, port, backlog: 1024 }, () => {
      server.off("error", onError)
      // Later errors (out of descriptors while accepting) must not end the process.
      server.on("error", () => undefined)
      resume(Effect.succeed((server.address() as AddressInfo).port))
    })
  })

/** Bind on loopback; 0 = any free port. Returns the port. */
export const bindUdp = (socket: UdpSocket, port: number, what: string): Effect.Effect<number, SimnetError> =>
  Effect.callback((resume) => {
    const onError = (error: NodeJS.ErrnoException): void => resume(Effect.fail(listenError(what, port, error)))
    socket.once("error", onError)
    socket.bind({ address: loopback, port }, () => {
      socket.off("error", onError)
      socket.on("error", () => undefined)
      resume(Effect.succeed(socket.address().port))
    })
  })
