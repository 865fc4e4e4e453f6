import { answeredVersion, hasLines, type SeenReply } from "./behaviour.ts"
import { any, before, electrsFamily, esploraFamily, type Finding, type Fits, type Rule, since } from "./rule.ts"

/** The frames that are known, by how the line begins and ends (padding folded). */
const envelopes: ReadonlyArray<readonly [saw: string, form: RegExp, fits: Fits]> = [
  // aiorpcX up to 0.21.0, which ElectrumX before 1.17 demands.
  ["jsonrpc first, spaced", /^\{"jsonrpc": "2\.0", "(?:result|error)": /, { ElectrumX: before("1.17") }],
  // aiorpcX from 0.21.1; builds after the release 1.16.0 have it and still call themselves 1.16.0.
  ["jsonrpc first, compact", /^\{"jsonrpc":"2\.0","(?:result|error)":/, { ElectrumX: since("1.16.0") }],
  ["keys sorted, compact", /^\{"id":[^{}[\]]{0,80},"jsonrpc":"2\.0","result":/, { Fulcrum: any, ...electrsFamily }]
]

/** Errors of servers with sorted keys begin with the error itself. */
const sortedError = /^\{"error":/
const bareError = /^\{"error":"/

const envelopeOf = (reply: SeenReply): Finding => {
  const raw = reply.raw!
  for (const [saw, form, fits] of envelopes) if (form.test(raw)) return { saw, fits }
  if (sortedError.test(raw)) return { saw: "keys sorted, compact", fits: { Fulcrum: any, ...electrsFamily } }
  return { saw: "of no known software", fits: {} }
}

/** The frame of a line, in words. */
export const envelopeText = (reply: SeenReply): string => envelopeOf(reply).saw

const isAnswer = ({ outcome }: SeenReply): boolean => outcome === "ok" || outcome === "error"

/** Longest that ElectrumX 1.18 can have needed for its first line is a second from the connection; a bit is for clocks. */
const paceMs = 950

const beyondAscii = /[^\0-\x7f]/
const escapedBeyondAscii = /\\u(?:00[89a-f][0-9a-f]|0[1-9a-f][0-9a-f]{2}|[1-9a-f][0-9a-f]{3})/

/** What is seen of any line, whatever was asked. */
export const wireRules: ReadonlyArray<Rule> = [
  {
    name: "envelope",
    effort: "wire",
    source: "1.4",
    look: ({ replies }) => {
      const lines = replies.filter((reply) => reply.raw !== null && isAnswer(reply))
      if (lines.length === 0) return null
      const first = envelopeOf(lines[0]!)
      const others = lines.slice(1).map((line) => envelopeOf(line).saw)
      return others.every((saw) => saw === first.saw) ? first : { saw: "changes from reply to reply", fits: {} }
    }
  },
  {
    name: "line end",
    effort: "wire",
    source: "1.1",
    look: (behaviour) => {
      if (!hasLines(behaviour)) return null
      const ends = new Set(behaviour.replies.map(({ lineEnd }) => lineEnd).filter((end) => end !== null))
      if (ends.size === 0) return null
      if (ends.size === 2) return { saw: "both", fits: {} }
      return ends.has("crlf")
        ? { saw: "CR LF", fits: { Fulcrum: any } }
        : { saw: "LF", fits: { ElectrumX: any, ...electrsFamily } }
    }
  },
  {
    name: "padding",
    effort: "wire",
    source: "1.3",
    // Only a reply that was alone in its packet is padded for certain: the handshake's.
    look: (behaviour) => {
      const version = answeredVersion(behaviour)
      if (!hasLines(behaviour) || version === undefined) return null
      return version.padding > 0
        ? { saw: "handshake padded", fits: { ElectrumX: since("1.18") } }
        : { saw: "handshake not padded", fits: { ElectrumX: before("1.18"), Fulcrum: any, ...electrsFamily } }
    }
  },
  {
    name: "pacing",
    effort: "wire",
    source: "1.3",
    look: (behaviour) => {
      const version = answeredVersion(behaviour)
      if (behaviour.dialledMs === null || !hasLines(behaviour) || version?.arrivedMs == null) return null
      // 1.18.0 holds its first reply back; late replies prove nothing, as every network can be slow.
      if (version.padding === 0 || version.arrivedMs - behaviour.dialledMs >= paceMs) return null
      return { saw: "padded, yet not held back for a second", fits: { ElectrumX: since("1.19") } }
    }
  },
  {
    name: "letters beyond ASCII",
    effort: "wire",
    source: "1.4",
    look: ({ replies }) => {
      // Long lists are left out: names of hosts have no such letters.
      const lines = replies.filter(({ method, outcome, raw }) =>
        raw !== null && outcome === "ok" && method !== "server.peers.subscribe")
      // A replaced byte was no UTF-8 at all, which says nothing.
      const raw = lines.some(({ raw }) => beyondAscii.test(raw!) && beyondAscii.test(raw!.replaceAll("\ufffd", "")))
      const escaped = lines.some(({ raw }) => escapedBeyondAscii.test(raw!))
      if (raw && escaped) return { saw: "both as they are and escaped", fits: {} }
      if (raw) return { saw: "as they are", fits: { Fulcrum: any, ...electrsFamily } }
      return escaped ? { saw: "escaped", fits: { ElectrumX: any } } : null
    }
  },
  {
    name: "form of errors",
    effort: "wire",
    source: "1.4",
    look: ({ replies }) => {
      const lines = replies.filter((reply) => reply.raw !== null && reply.outcome === "error")
      if (lines.length === 0) return null
      const bare = lines.filter(({ raw }) => bareError.test(raw!)).length
      if (bare > 0) return { saw: "a bare text", fits: esploraFamily }
      // The fork's object is for what it does not know at all.
      return {
        saw: "an object",
        fits: { ElectrumX: any, Fulcrum: any, "romanz electrs": any, "mempool electrs": any }
      }
    }
  }
]
