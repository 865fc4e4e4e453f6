import { Effect } from "effect"
import type { Socket } from "node:net"
import type { ProxyTarget } from "./proxy-target.ts"
import { openTcp } from "./tcp.ts"

/** The detail of an error of reason `us` where an onion is to be dialled and there is no Tor. */
export const noTorDetail = "no Tor"

/** Where a Tor may be. */
export interface TorCandidate extends ProxyTarget {
  /** Other proxies are as likely there: it has to say that it is Tor. */
  readonly hasToSay?: boolean
}

/** The SOCKS ports of the Tor daemon, of Tor Browser, and of SOCKS in general, where ElectrumX looks too. */
export const localTorCandidates: ReadonlyArray<TorCandidate> = [9050, 9150, 1080]
  .map((port) => ({ host: "127.0.0.1", port, credentials: null, hasToSay: port === 1080 }))

const greeting = Buffer.from([5, 1, 0])
/** Tor answers a browser that takes its SOCKS port for an HTTP proxy with a page that says so. */
const httpQuestion = Buffer.from("GET / HTTP/1.0\r\n\r\n")
const torsAnswer = /^HTTP\/1\.[01] 501 Tor is not an HTTP Proxy/
const probeTimeoutMs = 2_000

/** The first bytes that come back for `question`; empty when none do. */
const answerTo = (candidate: ProxyTarget, question: Buffer): Effect.Effect<Buffer> =>
  Effect.suspend(() => {
    const nothing = Buffer.alloc(0)
    const opened: Array<Socket> = []
    return openTcp(candidate.host, candidate.port, (socket) => opened.push(socket)).pipe(
      Effect.flatMap((socket) =>
        Effect.callback<Buffer>((resume) => {
          socket.once("data", (chunk: Buffer) => resume(Effect.succeed(chunk)))
          socket.once("close", () => resume(Effect.succeed(nothing)))
          socket.write(question)
        })
      ),
      Effect.timeoutOrElse({ duration: probeTimeoutMs, orElse: () => Effect.succeed(nothing) }),
      Effect.orElseSucceed(() => nothing),
      Effect.ensuring(Effect.sync(() => opened.forEach((socket) => socket.destroy())))
    )
  })

const isTor = Effect.fnUntraced(function*(candidate: TorCandidate) {
  if ((yield* answerTo(candidate, greeting))[0] !== greeting[0]) return false
  return candidate.hasToSay !== true || torsAnswer.test((yield* answerTo(candidate, httpQuestion)).toString("latin1"))
})

/** The first candidate that answers as a SOCKS5 proxy, and as Tor where it has to; null when none does. */
export const findTor = Effect.fnUntraced(function*(candidates: ReadonlyArray<TorCandidate>) {
  for (const candidate of candidates) {
    if (yield* isTor(candidate)) return candidate
  }
  return null
})
