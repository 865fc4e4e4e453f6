import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Socket } from "node:net"
import type { Reply } from "../../src/electrum/reply.ts"
import { tcpServer } from "../support/loopback-server.ts"
import {
  type Recording,
  recordedChunks,
  recordedNotifications,
  recordedRequests,
  recordedServers,
  recordingsOf
} from "../support/recordings.ts"
import { anyMethod, sessionWith } from "../support/session.ts"

/** Writes pieces so that each has its own turn of the loop on either side. */
const writeInPieces = (socket: Socket, pieces: ReadonlyArray<Buffer>, done: () => void): void => {
  const next = (at: number): void => {
    if (at === pieces.length) done()
    else socket.write(pieces[at]!, () => setImmediate(next, at + 1))
  }
  next(0)
}

/** Says what was recorded, in the pieces it was recorded in, once as much as was recorded has been asked. */
const replaying = (pieces: ReadonlyArray<Buffer>, requests: number, closes: boolean) =>
  tcpServer((socket) => {
    socket.setNoDelay(true)
    let asked = 0
    socket.on("data", (chunk: Buffer) => {
      for (const byte of chunk) {
        if (byte === 10 && ++asked === requests) writeInPieces(socket, pieces, () => closes && socket.end())
      }
    })
  })

interface RecordedLine {
  readonly id?: unknown
  readonly method?: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string } | string
}

/** The recorded lines as plain JSON; those that are none are left out. */
const recordedLines = (recording: Recording): ReadonlyArray<RecordedLine> =>
  recording.recv.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as RecordedLine]
    } catch {
      return []
    }
  })

const assertReply = (reply: Reply, line: RecordedLine, name: string): void => {
  const { error } = line
  if (error === undefined || error === null) {
    assert.strictEqual(reply.outcome, "ok", name)
    assert.deepStrictEqual(reply.result, line.result, name)
  } else {
    assert.strictEqual(reply.outcome, "error", name)
    assert.deepStrictEqual(
      [reply.errorCode, reply.errorMessage],
      typeof error === "string" ? [null, error] : [error.code, error.message],
      name
    )
  }
}

const replay = (
  recording: Recording,
  requests: ReadonlyArray<{ readonly method: string; readonly params: ReadonlyArray<unknown> }>
) =>
  Effect.gen(function*() {
    const server = yield* replaying(recordedChunks(recording), requests.length, recording.closed)
    const session = yield* sessionWith(server.port)
    const lines = recordedLines(recording)
    const complete = recording.closed || requests.every((_, i) => lines.some((line) => line.id === i + 1))
    const replies = yield* session.exchange(
      requests.map(({ method, params }) => ({ method: anyMethod(method), params })),
      complete ? 20_000 : 250
    )
    return { lines, replies, session }
  }).pipe(Effect.scoped)

describe.each(recordedServers)("%s", (server) => {
  const usable = recordingsOf(server).flatMap((recording) => {
    const requests = recordedRequests(recording)
    return requests === undefined ? [] : [{ recording, requests }]
  })

  it.live("loses and mispairs no recorded reply", () =>
    Effect.gen(function*() {
      let answered = 0
      yield* Effect.forEach(usable, ({ recording, requests }) =>
        Effect.gen(function*() {
          const { lines, replies, session } = yield* replay(recording, requests)
          replies.forEach((reply, i) => {
            const name = `${recording.mode} ${recording.probe} ${i + 1}`
            const anonymous = lines.find((line) => line.id === null && line.error !== undefined)
            const line = lines.find((line) => line.id === i + 1) ?? (requests.length === 1 ? anonymous : undefined)
            if (line === undefined) assert.strictEqual(reply.outcome, recording.closed ? "closed" : "timeout", name)
            else {
              answered++
              assertReply(reply, line, name)
              // That probe sent its id as 1.0.
              const echoed = recording.probe === "id_float_integral" && server.startsWith("electrumx")
              const remark = echoed ? "id came back as 1.0" : null
              if (reply.outcome === "ok") assert.strictEqual(reply.errorMessage, remark, name)
            }
          })
          assert.strictEqual(session.strayCount, lines.length - replies.filter((reply) => reply.raw !== null).length)
          assert.strictEqual(session.bytesIn, Buffer.byteLength(recording.recv))
        }), { concurrency: 16, discard: true })
      assert.isAbove(answered, 200)
    }), 60_000)

  it.live("answers nothing with a reply to something else", () =>
    Effect.gen(function*() {
      const others = recordingsOf(server).filter(
        (recording) => recordedRequests(recording) === undefined && recording.recv !== ""
      )
      assert.isAbove(others.length, 50)
      yield* Effect.forEach(others, (recording) =>
        Effect.gen(function*() {
          const { lines, replies } = yield* replay(recording, [{ method: "server.ping", params: [] }])
          const reply = replies[0]!
          const own = lines.find((line) => String(line.id) === "1" || (line.id === null && line.error !== undefined))
          if (own !== undefined) assert.notStrictEqual(reply.outcome, "timeout", recording.probe)
          else assert.include(["timeout", "closed"], reply.outcome, recording.probe)
        }), { concurrency: 16, discard: true })
    }), 60_000)

  it.live("pairs hundreds of recorded replies pipelined on one connection, notifications between them", () =>
    Effect.gen(function*() {
      const single = usable.filter(({ recording, requests }) =>
        requests.length === 1 && recording.recv.split("\n").length === 2 && recordedLines(recording)[0]?.id === 1
      )
      assert.isAbove(single.length, 150)
      const notifications = recordedNotifications()
      const pieces = single.flatMap(({ recording }, i) => {
        // The id becomes the number of the request, nothing else changes.
        const renumbered = recording.recv.replace(/("id": ?)1(?=[,} .])/, `$1${i + 1}`)
        const bytes = Buffer.from(
          i % 7 === 0 ? `${notifications[i % notifications.length]}\n${renumbered}` : renumbered
        )
        const cuts = [0, ...recording.chunks.slice(0, -1).map(((at) => (length) => at += length)(0)), bytes.length]
        return cuts.slice(1).map((cut, k) => bytes.subarray(cuts[k], cut))
      })
      const server = yield* replaying(pieces, single.length, false)
      const session = yield* sessionWith(server.port)
      const replies = yield* session.exchange(
        single.map(({ requests }) => ({ method: anyMethod(requests[0]!.method), params: requests[0]!.params })),
        20_000
      )
      replies.forEach((reply, i) => {
        const { recording } = single[i]!
        assertReply(reply, recordedLines(recording)[0]!, recording.probe)
      })
      assert.strictEqual(session.strayCount, Math.ceil(single.length / 7))
    }).pipe(Effect.scoped), 60_000)
})
