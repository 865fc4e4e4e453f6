import type { Behaviour, SeenReply } from "../../src/probe/identification/behaviour.ts"
import { seenReply } from "../../src/probe/identification/behaviour.ts"
import { decodeLine } from "../../src/electrum/json-rpc.ts"
import { noReply, replyOf } from "../../src/electrum/reply.ts"
import { recordedRequests, type Recording } from "./recordings.ts"
import { anyMethod } from "./session.ts"

/** Replies to requests with ids 1, 2, … as they stood on the wire, in whatever order they came. */
export const seenOnWire = (
  requests: ReadonlyArray<{ readonly method: string; readonly params: ReadonlyArray<unknown> }>,
  received: string,
  closed: boolean
): ReadonlyArray<SeenReply> => {
  const lines = received.split("\n").slice(0, -1).map((text) => {
    const crlf = text.endsWith("\r")
    return { line: decodeLine(Buffer.from(crlf ? text.slice(0, -1) : text)), crlf }
  })
  return requests.map(({ method, params }, i) => {
    const sent = { request: { method: anyMethod(method), params }, sentMs: 0 }
    for (const { crlf, line } of lines) {
      if (line._tag !== "notification" && line.id === i + 1) return seenReply(replyOf(sent, line, 1, crlf ? "crlf" : "lf"))
    }
    return seenReply(noReply(sent, closed ? "closed" : "timeout", null))
  })
}

/** What a recorded exchange showed, its handshake first; undefined where a client of ours could not send it. */
export const seenInRecording = (recording: Recording): ReadonlyArray<SeenReply> | undefined => {
  const requests = recordedRequests(recording)
  if (requests === undefined) return undefined
  const range = recording.mode === "1.4" ? "1.4" : ["1.4", "1.6"]
  const handshake = recording.hs_recv === undefined
    ? []
    // Handshakes were recorded with an id of their own.
    : seenOnWire([{ method: "server.version", params: ["probe", range] }], recording.hs_recv.replace("\"hs\"", "1"), false)
  return [...handshake, ...seenOnWire(requests, recording.recv, recording.closed)]
}

export const behaviourOf = (replies: ReadonlyArray<SeenReply>, transport: Behaviour["transport"] = "tcp"): Behaviour =>
  ({ transport, certificateMakers: [], dialledMs: null, replies })
