import { compareProtocolVersions, parseProtocolVersion } from "../../domain/protocol-version.ts"
import { answeredVersion, type Behaviour } from "./behaviour.ts"
import { any, before, between, electrsFamily, type Finding, type Fits, type Rule, since } from "./rule.ts"

/**
 * Who agrees on which protocol when asked for more than it has: PROTOCOL_MAX of
 * ElectrumX's tags 1.8 to 1.20 (1.11 has no tag; builds after 1.16.0 call
 * themselves 1.16.0 and have 1.4.3) and MaxProtocolVersion of Fulcrum's tags 1.0
 * to 2.1.1, read 2026-11-21 in github.com/spesmilo/electrumx and
 * github.com/cculianu/Fulcrum.
 */
const highest: Readonly<Record<string, Fits>> = {
  // Tags have 1.4.1 from 1.9.5 on, yet a server of December 2025 said 1.10.0 with 1.4.
  "1.4": { ElectrumX: before("1.11"), ...electrsFamily },
  "1.4.1": { ElectrumX: between("1.9", "1.13") },
  "1.4.2": { ElectrumX: between("1.11", "1.17"), Fulcrum: before("1.1") },
  "1.4.3": { ElectrumX: between("1.16.0", "1.19"), Fulcrum: between("1.0.5", "1.2") },
  "1.4.4": { Fulcrum: between("1.2", "1.5") },
  "1.4.5": { Fulcrum: between("1.5", "1.9") },
  "1.5": { Fulcrum: between("1.9", "1.9.2") },
  "1.5.1": { Fulcrum: between("1.9.2", "1.9.6") },
  "1.5.2": { Fulcrum: between("1.9.6", "1.10") },
  "1.5.3": { Fulcrum: between("1.10", "2.1") },
  "1.6": { ElectrumX: since("1.19"), Fulcrum: since("2.1") }
}

/** Both print what they have when asked for more; asked for 1.6 itself, both print 1.6. */
const beyond: Readonly<Record<string, Fits>> = {
  ...highest,
  "1.6": { Fulcrum: since("2.1") },
  "1.6.0": { ElectrumX: since("1.19") }
}

/** The highest version asked for, where a range was. */
const askedFor = (params: ReadonlyArray<unknown>): string | undefined => {
  const range = params[1]
  return Array.isArray(range) && typeof range[1] === "string" ? range[1] : undefined
}

const agreed = (behaviour: Behaviour): Finding | null => {
  const version = answeredVersion(behaviour)
  if (version === undefined || !Array.isArray(version.result)) return null
  const asked = parseProtocolVersion(askedFor(version.params) ?? "")
  const got: unknown = version.result[1]
  if (asked === undefined || typeof got !== "string") return null
  const toMost = compareProtocolVersions(asked, [1, 6])
  // Asked for less than the newest have, they all give what they were asked for.
  if (toMost < 0) return null
  const fits = (toMost === 0 ? highest : beyond)[got]
  if (fits !== undefined) return { saw: got, fits }
  return { saw: parseProtocolVersion(got) === undefined ? "no version" : "a version that no known software has", fits: {} }
}

export const handshakeRules: ReadonlyArray<Rule> = [
  { name: "highest protocol", effort: "text", source: "2", look: agreed },
  {
    name: "second handshake",
    effort: "form",
    source: "6, row 9",
    look: ({ replies }) => {
      const first = replies.findIndex(({ method, outcome }) => method === "server.version" && outcome === "ok")
      const again = first === -1
        ? undefined
        : replies.slice(first + 1).find(({ method, outcome }) => method === "server.version" && outcome === "ok")
      return again === undefined ? null : { saw: "answered like the first", fits: electrsFamily }
    }
  },
  {
    name: "ping with a parameter",
    effort: "form",
    source: "6, row 15",
    look: ({ replies }) =>
      replies.some(({ method, outcome, params }) => method === "server.ping" && params.length > 0 && outcome === "ok")
        ? { saw: "answered", fits: { ElectrumX: since("2.0"), ...electrsFamily } }
        : null
  },
  {
    name: "donation address",
    effort: "text",
    source: "6, row 12",
    look: ({ replies }) => {
      const reply = replies.find(({ method, outcome }) => method === "server.donation_address" && outcome === "ok")
      if (reply === undefined) return null
      if (reply.result === null) return { saw: "null", fits: electrsFamily }
      // Fulcrum's default is its author's address, but a configuration can say otherwise.
      return { saw: reply.result === "" ? "empty" : "a text", fits: { ElectrumX: any, Fulcrum: any } }
    }
  },
  {
    name: "peers",
    effort: "text",
    source: "3.2",
    look: ({ replies }) =>
      replies.some(({ method, result }) =>
          method === "server.peers.subscribe" && Array.isArray(result) && result.length > 0)
        ? { saw: "some", fits: { ElectrumX: any, Fulcrum: any, "Blockstream electrs": any, "mempool electrs": any } }
        : null
  }
]
