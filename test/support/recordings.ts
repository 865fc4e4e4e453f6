import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"

/** One recorded exchange with a real server; see test/fixtures/transcripts/README.md. */
export interface Recording {
  readonly probe: string
  readonly mode: "none" | "1.4" | "1.4-1.6"
  readonly send: string
  readonly recv: string
  readonly closed: boolean
  readonly chunks: ReadonlyArray<number>
  readonly hs_recv?: string
}

export const recordedServers = ["electrumx-1.16.0", "electrumx-1.20.0", "electrumx-2.0b1", "fulcrum-2.1.1"] as const
export type RecordedServer = typeof recordedServers[number]

const lines = (file: string): ReadonlyArray<unknown> =>
  gunzipSync(readFileSync(new URL(`../fixtures/transcripts/${file}.jsonl.gz`, import.meta.url)))
    .toString("utf8").trim().split("\n").map((line) => JSON.parse(line) as unknown)

export const recordingsOf = (server: RecordedServer): ReadonlyArray<Recording> =>
  lines(server) as ReadonlyArray<Recording>

/** Lines pushed by servers, without their ends. */
export const recordedNotifications = (): ReadonlyArray<string> =>
  (lines("notifications") as ReadonlyArray<{ readonly recv?: string }>)
    .flatMap(({ recv }) => recv === undefined ? [] : recv.trimEnd().split(/\r?\n/))
    .filter((line) => line.includes("\"method\""))

/** What one server pushed, with padding and line ends, in order. */
export const recordedNotificationsOf = (server: string): ReadonlyArray<string> =>
  (lines("notifications") as ReadonlyArray<{ readonly server?: string; readonly recv?: string }>).flatMap(
    (line) => (line.server === server && line.recv?.includes("\"method\"") === true ? [line.recv] : [])
  )

/** The bytes received, in the pieces they arrived in. */
export const recordedChunks = (recording: Recording): ReadonlyArray<Buffer> => {
  const bytes = Buffer.from(recording.recv, "utf8")
  let at = 0
  return recording.chunks.map((length) => bytes.subarray(at, at += length))
}

/** A request as it was recorded, when it is one that a client of ours could send. */
export interface RecordedRequest {
  readonly id: number
  readonly method: string
  readonly params: ReadonlyArray<unknown>
}

/** The requests of a recording; undefined when what was sent is not a sequence of requests with ids 1, 2, … */
export const recordedRequests = (recording: Recording): ReadonlyArray<RecordedRequest> | undefined => {
  const requests: Array<RecordedRequest> = []
  for (const line of recording.send.split("\n").slice(0, -1)) {
    try {
      const request = JSON.parse(line) as RecordedRequest & { readonly jsonrpc: unknown }
      const isOurs = request.jsonrpc === "2.0" && typeof request.method === "string" && Array.isArray(request.params)
      if (!isOurs || request.id !== requests.length + 1 || Object.keys(request).length !== 4) return undefined
      requests.push(request)
    } catch {
      return undefined
    }
  }
  return requests.length === 0 || !recording.send.endsWith("\n") ? undefined : requests
}

/** A recorded exchange whose text was shortened. */
interface ShortenedRecording extends Omit<Recording, "chunks"> {
  readonly server: RecordedServer
  /** Bytes sent; `send` has the first of them, `send_tail` the last where it was shortened. */
  readonly send_bytes: number
  readonly send_tail: string
  /** Bytes received; `recv` has the first of them. */
  readonly recv_bytes: number
}

/** What was sent in full: the recorded beginning, one repeated character or request, the recorded end. */
const wholeSend = ({ send, send_bytes: size, send_tail: tail, probe }: ShortenedRecording): string => {
  if (tail === "") return send
  if (probe.startsWith("get_history_x")) {
    return Array.from({ length: 300 }, (_, id) => {
      const params = [id.toString(16).padStart(64, "0")]
      return `{"jsonrpc": "2.0", "id": ${id}, "method": "blockchain.scripthash.get_balance", "params": ${JSON.stringify(params)}}\n`
    }).join("")
  }
  return send + tail[0]!.repeat(size - send.length - tail.length) + tail
}

/** One recorded exchange as the comparison with the simulation needs it. */
export interface ComparedRecording extends Recording {
  /** Bytes received where `recv` holds only the first of them. */
  readonly wholeBytes: number | null
}

/** All recorded exchanges with a server, those with shortened texts too. */
export const allRecordingsOf = (server: RecordedServer): ReadonlyArray<ComparedRecording> => [
  ...recordingsOf(server).map((recording) => ({ ...recording, wholeBytes: null })),
  ...(lines("shortened") as ReadonlyArray<ShortenedRecording>)
    .filter((recording) => recording.server === server)
    .map((recording) => ({
      ...recording,
      send: wholeSend(recording),
      chunks: [],
      wholeBytes: recording.recv_bytes === Buffer.byteLength(recording.recv) ? null : recording.recv_bytes
    }))
]

/** A silent connection: what was sent before, and the seconds after which the server closed it. */
export const recordedIdleTimes = (): ReadonlyArray<{
  readonly server: string
  readonly kind: "silent" | "partial" | "hs" | "hs_sub"
  readonly after_s: number
}> => lines("idle-timeouts") as ReturnType<typeof recordedIdleTimes>

/** Replies to a sequence of requests, each sent `gap_s` after the last reply: milliseconds, bytes, spaces in the end. */
export const recordedSessionTimes = (): ReadonlyArray<{
  readonly server: string
  readonly gap_s: number
  readonly replies: ReadonlyArray<readonly [method: string, ms: number, bytes: number, spaces: number]>
}> => lines("session-timing") as ReturnType<typeof recordedSessionTimes>

/** Runs of 30 unknown methods, each sent after the last reply: replies, whether the server ended it, seconds. */
export const recordedErrorRuns = (): ReadonlyArray<{
  readonly server: string
  readonly replies: number
  readonly ended: string | null
  readonly s: number
}> =>
  (lines("limits") as ReadonlyArray<ReturnType<typeof recordedErrorRuns>[number] & { readonly test: string }>).filter(
    ({ test }) => test.startsWith("unknown method")
  )
