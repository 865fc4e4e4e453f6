import { Effect } from "effect"
import type { Socket } from "node:net"
import type { ProxyTarget } from "./proxy-target.ts"
import { openTcp } from "./tcp.ts"

/** The SOCKS ports of the Tor daemon and of Tor Browser. */
export const localTorCandidates: ReadonlyArray<ProxyTarget> = [9050, 9150]
  .map((port) => ({ host: "127.0.0.1", port, credentials: null }))

const greeting = Buffer.from([5, 1, 0])
const probeTimeoutMs = 2_000

/** True when a SOCKS5 proxy answers our greeting there. */
const speaksSocks = (candidate: ProxyTarget): Effect.Effect<boolean> =>
  Effect.suspend(() => {
    const opened: Array<Socket> = []
    return openTcp(candidate.host, candidate.port, (socket) => opened.push(socket)).pipe(
      Effect.flatMap((socket) =>
        Effect.callback<boolean>((resume) => {
          socket.once("data", (chunk: Buffer) => resume(Effect.succeed(chunk[0] === greeting[0])))
          socket.once("close", () => resume(Effect.succeed(false)))
          socket.write(greeting)
        })
      ),
      Effect.timeoutOrElse({ duration: probeTimeoutMs, orElse: () => Effect.succeed(false) }),
      Effect.orElseSucceed(() => false),
      Effect.ensuring(Effect.sync(() => opened.forEach((socket) => socket.destroy())))
    )
  })

/** The first candidate that answers as a SOCKS5 proxy; null when none does. */
export const findTor = Effect.fnUntraced(function*(candidates: ReadonlyArray<ProxyTarget>) {
  for (const candidate of candidates) {
    if (yield* speaksSocks(candidate)) return candidate
  }
  return null
})
