import { connect, type Socket } from "node:net"
import { Effect } from "effect"
import type { Deadline } from "./deadline.ts"
import { socketFailure } from "./socket-failure.ts"
import type { TransportError } from "./transport-error.ts"

/** Late errors of a socket nobody listens to any more must not end the process. */
export const swallowErrors = (): void => {}

type Resume = (effect: Effect.Effect<Socket, TransportError>) => void

/** Connects and resumes with the socket, or why there is none; gives what undoes it. */
const connecting = (host: string, port: number, own: (socket: Socket) => void) =>
  (resume: Resume): Effect.Effect<void> => {
    const socket = connect({ host, port, noDelay: true })
    own(socket)
    socket.on("error", swallowErrors)
    const onError = (error: Error): void => {
      socket.destroy()
      resume(Effect.fail(socketFailure(error, "connect")))
    }
    socket.once("error", onError)
    socket.once("connect", () => {
      socket.off("error", onError)
      resume(Effect.succeed(socket))
    })
    return Effect.sync(() => {
      socket.destroy()
    })
  }

/**
 * Opens a TCP connection to a host, an address unless it is the user's own
 * proxy. The socket is unread and swallows its late errors; `own` learns of it
 * before it is used, so that an interruption at any moment leaves none open.
 */
export const openTcp = (host: string, port: number, own: (socket: Socket) => void): Effect.Effect<Socket, TransportError> =>
  Effect.callback(connecting(host, port, own))

/** As `openTcp`, and what `late` says when it takes longer than `ms`. */
export const openTcpWithin = (
  deadline: Deadline,
  ms: number,
  late: () => Effect.Effect<Socket, TransportError>,
  ...[host, port, own]: Parameters<typeof openTcp>
): Effect.Effect<Socket, TransportError> => deadline.callback(ms, connecting(host, port, own), late)
