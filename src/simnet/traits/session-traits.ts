import type { Session } from "../server/session.ts"
import type { Trait } from "../server/trait.ts"
import { isVersion } from "./answering.ts"

const countOf = (() => {
  const counts = new WeakMap<Session, number>()
  return (session: Session): number => {
    const count = (counts.get(session) ?? 0) + 1
    counts.set(session, count)
    return count
  }
})()

const headerMethods = new Set(["blockchain.headers.subscribe", "blockchain.block.header", "blockchain.block.headers"])

/** Holds replies back; whatever the implementation would have made of them goes out later. */
const late =
  (milliseconds: (session: Session) => number): NonNullable<Trait["line"]> =>
  (text, _, session) => {
    session.later(milliseconds(session), () => {
      if (!session.closing) session.write(text)
    })
    return null
  }

const lateHeaders = late(() => 3000)
const laterEachTime = late((session) => 200 * countOf(session))

const identified = new WeakSet<Session>()

/** How a conversation ends early or drags on. */
export const sessionTraits = {
  "closes-after-version": {
    title: "ends the connection right after the handshake",
    replied: (request, session) => {
      if (isVersion(request)) session.close()
    }
  },
  "resets-after-version": {
    title: "resets the connection right after the handshake",
    replied: (request, session) => {
      if (isVersion(request)) session.outgoing.cut()
    }
  },
  "cuts-without-tls-close": {
    title: "ends the connection after three replies without a TLS close",
    replied: (_, session) => {
      if (countOf(session) === 3) session.outgoing.cut()
    }
  },
  "closes-in-a-line": {
    title: "ends the connection in the middle of its peer list",
    line: (text, request, session) => {
      if (request.method !== "server.peers.subscribe") return undefined
      session.outgoing.write(text.slice(0, Math.ceil(text.length / 2)))
      session.close()
      return null
    }
  },
  "answers-only-version": {
    title: "answers the handshake and nothing else",
    line: (_, request) => (isVersion(request) ? undefined : null)
  },
  "drops-unknown": {
    title: "answers 1 and ends before a handshake, as ElectrumX up to 1.18 where the operator drops unknown clients",
    line: (_, request, session) => {
      if (isVersion(request)) identified.add(session)
      return identified.has(session) ? undefined : session.envelope.result(request.id, "1")
    },
    replied: (_, session) => {
      if (!identified.has(session)) session.close()
    }
  },
  "refuses-versions": {
    title: "refuses every protocol version and closes",
    line: (_, request, session) =>
      isVersion(request) ? session.envelope.error(request.id, 1, "unsupported protocol version: 1.4") : undefined,
    replied: (request, session) => {
      if (isVersion(request)) session.close()
    }
  },
  throttled: {
    title: "answers -101 at once, as ElectrumX does when our network used up its allowance",
    exhausted: true,
    line: (_, request, session) => session.envelope.error(request.id, -101, "excessive resource usage"),
    replied: (_, session) => session.close()
  },
  busy: {
    title: "answers everything after the handshake with -102, server busy",
    line: (_, request, session) =>
      isVersion(request) ? undefined : session.envelope.error(request.id, -102, "server busy - request timed out")
  },
  "slow-headers": {
    title: "answers requests for headers three seconds late",
    line: (text, request, session) =>
      headerMethods.has(request.method) ? lateHeaders(text, request, session) : undefined
  },
  "slower-each-time": {
    title: "answers each request a fifth of a second later than the one before",
    line: laterEachTime
  }
} as const satisfies Readonly<Record<string, Trait>>
