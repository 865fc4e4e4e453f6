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
