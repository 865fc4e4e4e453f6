import type { Trait } from "../server/trait.ts"
import { isVersion } from "./answering.ts"
import { dribble, pump } from "./pump.ts"

type Reply = Record<string, unknown>

/** Every reply but the first decoded, changed and printed again. */
const afterVersion =
  (change: (reply: Reply) => unknown): NonNullable<Trait["line"]> =>
  (text, request) =>
    isVersion(request) ? undefined : JSON.stringify(change(JSON.parse(text) as Reply))

const textAfterVersion =
  (change: (text: string, id: string) => string | Buffer | null): NonNullable<Trait["line"]> =>
  (text, request) =>
    isVersion(request) ? undefined : change(text, request.id)

/** Replies byte by byte, so many milliseconds apart. */
const dribbling =
  (everyMs: number): NonNullable<Trait["line"]> =>
  (text, _, session) => {
    session.outgoing.takeOver((socket, release) => dribble(socket, Buffer.from(`${text}\n`), everyMs, release))
    return null
  }

const notification = (method: string): string => JSON.stringify({ jsonrpc: "2.0", method })

/** How lines are broken: framing, JSON, ids. */
export const wireTraits = {
  dribble: {
    title: "sends its replies byte by byte, one every 50 ms",
    line: dribbling(50)
  },
  "endless-padding": {
    title: "begins its first reply well, then sends spaces that never end",
    line: (text, _, session) => {
      const spaces = Buffer.alloc(65_536, " ")
      session.outgoing.takeOver((socket) => {
        socket.write(text.slice(0, -1))
        pump(socket, () => spaces)
      })
      return null
    }
  },
  "wrong-ids": {
    title: "answers with ids that were never asked, after the handshake",
    line: afterVersion((reply) => ({ ...reply, id: 1_000_000 + Number(reply.id) }))
  },
  "repeated-ids": {
    title: "sends every reply twice",
    line: (text, _, session) => {
      session.write(text)
      return text
    }
  },
  "missing-ids": {
    title: "leaves the id out of its replies, after the handshake",
    line: afterVersion((reply) => ({ ...reply, id: undefined }))
  },
  "id-type-changed": {
    title: 'answers number 1 with text "1", after the handshake',
    line: afterVersion((reply) => ({ ...reply, id: String(reply.id) }))
  },
  "swapped-replies": {
    title: "holds every second reply back until the next one is out",
    line: (() => {
      const held = new WeakMap<object, string>()
      return (text, request, session) => {
        const earlier = held.get(session)
        if (isVersion(request)) return undefined
        if (earlier === undefined) {
          held.set(session, text)
          return null
        }
        held.delete(session)
        session.write(text)
        return earlier
      }
    })()
  },
  "notifications-first": {
    title: "sends notifications without params before its first reply",
    opened: (session) => {
      session.write(notification("blockchain.relayfee"))
      session.write(notification("blockchain.estimatefee"))
      return false
    }
  },
  "reply-before-request": {
    title: "sends replies to ids 0 to 9 before it was asked anything",
    opened: (session) => {
      for (let id = 0; id < 10; id++) session.write(JSON.stringify({ jsonrpc: "2.0", result: "early", id }))
      return false
    }
  },
  "notification-flood": {
    title: "floods notifications after the handshake for as long as it lasts",
    replied: (request, session) => {
      if (!isVersion(request)) return
      const params = [{ height: 1, hex: "00" }]
      const line = `${JSON.stringify({ jsonrpc: "2.0", method: "blockchain.headers.subscribe", params })}\n`
      const block = line.repeat(100)
      session.outgoing.takeOver((socket, release) => {
        release()
        pump(socket, () => block)
      })
    }
  },
  "blank-lines": {
    title: "sends empty lines between its replies",
    line: (text, _, session) => {
      session.write("")
      return text
    }
  },
  "byte-order-mark": {
    title: "begins every line with a byte order mark, after the handshake",
    line: textAfterVersion((text) => `\ufeff${text}`)
  },
  "truncated-json": {
    title: "cuts every line in half, after the handshake",
    line: textAfterVersion((text) => text.slice(0, Math.ceil(text.length / 2)))
  },
  "two-in-one-line": {
    title: "puts two replies into one line, after the handshake",
    line: textAfterVersion((text) => text + text)
  },
  "batched-replies": {
    title: "wraps every reply into a list, after the handshake",
    line: textAfterVersion((text) => `[${text}]`)
  },
  "duplicate-keys": {
    title: "repeats the keys result and id with other values, after the handshake",
    line: textAfterVersion((text, id) => `${text.slice(0, -1)},"result":"the second","id":${id}}`)
  },
  "error-and-result": {
    title: "gives an error and a result at once, after the handshake",
    line: afterVersion((reply) => ({ ...reply, error: { code: 1, message: "both" } }))
  },
  "error-as-string": {
    title: "answers everything after the handshake with an error that is a bare string",
    line: afterVersion((reply) => ({ jsonrpc: "2.0", error: "something went wrong", id: reply.id }))
  },
  "missing-result": {
    title: "gives neither result nor error, after the handshake",
    line: afterVersion((reply) => ({ jsonrpc: "2.0", id: reply.id }))
  },
  "bad-utf8": {
    title: "sends bytes that are no UTF-8 in its banner",
    line: (text, request) => {
      if (request.method !== "server.banner") return undefined
      const [before, after] = JSON.stringify({ ...(JSON.parse(text) as Reply), result: "caf@" }).split("@") as [
        string,
        string
      ]
      return Buffer.concat([
        Buffer.from(before),
        Buffer.from([0xe9, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
        Buffer.from(after)
      ])
    }
  },
  "one-byte-a-second": {
    title: "sends its replies byte by byte, one a second",
    line: dribbling(1000)
  },
  "carriage-returns": {
    title: "ends its lines with CR instead of LF, after the handshake",
    line: (text, request, session) => {
      if (isVersion(request)) return undefined
      session.outgoing.write(`${text}\r`)
      return null
    }
  },
  utf16: {
    title: "answers in UTF-16, after the handshake",
    line: (text, request) => (isVersion(request) ? undefined : Buffer.from(`\ufeff${text}`, "utf16le"))
  },
  "nul-bytes": {
    title: "puts NUL bytes before and after every reply, after the handshake",
    line: textAfterVersion((text) => `\u0000\u0000${text}\u0000`)
  },
  "no-last-line-end": {
    title: "leaves the line end of its first reply after the handshake out and closes",
    line: (text, request, session) => {
      if (isVersion(request)) return undefined
      session.outgoing.write(text)
      session.close()
      return null
    }
  },
  "asks-back": {
    title: "sends requests of its own after the handshake",
    replied: (request, session) => {
      if (!isVersion(request)) return
      for (const [id, method] of ["server.version", "server.peers.subscribe", "wallet.unlock"].entries()) {
        session.write(JSON.stringify({ jsonrpc: "2.0", id, method, params: [] }))
      }
    }
  },
  "list-as-id": {
    title: "answers with a list around the id, after the handshake",
    line: afterVersion((reply) => ({ ...reply, id: [reply.id] }))
  },
  "null-ids": {
    title: "answers with null for an id, after the handshake",
    line: afterVersion((reply) => ({ ...reply, id: null }))
  }
} as const satisfies Readonly<Record<string, Trait>>
