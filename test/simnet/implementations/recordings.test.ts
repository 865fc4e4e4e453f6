import { it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll, describe, expect } from "vitest"
import { plainTcp, request } from "../../support/plain-client.ts"
import { readme } from "../../support/readme.ts"
import { recordedNode } from "../../support/recorded-node.ts"
import {
  allRecordingsOf,
  type ComparedRecording,
  type RecordedServer,
  recordedServers
} from "../../support/recordings.ts"
import { startServer } from "../../support/start-server.ts"

const software: Readonly<Record<RecordedServer, string>> = {
  "electrumx-1.16.0": "ElectrumX 1.16.0",
  "electrumx-1.20.0": "ElectrumX 1.20.0",
  "electrumx-2.0b1": "ElectrumX 2.0b1",
  "fulcrum-2.1.1": "Fulcrum 2.1.1"
}

/** Exchanges whose bytes must differ: what is made equal before they are compared, and why. */
interface Exception {
  readonly probe: RegExp
  readonly servers?: RegExp
  readonly reason: string
  readonly alike: (text: string) => string
}

const unpadded = (text: string): string => text.replace(/ {9,}/g, "")
const sortedLines = (text: string): string => unpadded(text).split("\n").toSorted().join("\n")
/** Peers, or entries of a history. */
const item = /\["[^[]*\[[^\]]*\]\]|\{[^{}]*\}/g
/** A result's list with its items in order, and everything between them as it was. */
const sortedItems = (text: string): string =>
  text.replace(/"result": ?\[.*\]/, (list) => {
    const items = (list.match(item) ?? []).toSorted()
    return list.replace(item, () => items.shift()!)
  })
const withoutHashes = (text: string): string => text.replace(/[0-9a-f]{64,}/g, (hash) => "h".repeat(hash.length))

const exceptions: ReadonlyArray<Exception> = [
  {
    probe: /^server\.peers\.subscribe/,
    reason: "the order of a peer list is random: items sorted",
    alike: sortedItems
  },
  {
    probe: /^version_pipelined/,
    reason: "replies come in the order of completion, with the peers of that moment: lines sorted, the list left out",
    alike: (text) => sortedLines(text).replace(/\[\[.*\]\]/, "peers")
  },
  {
    probe: /^get_history_x300/,
    reason: "replies come in the order of completion, as many to a packet as there were: request ids masked",
    alike: (text) => text.replace(/"id": ?[0-9]+/g, '"id":N')
  },
  {
    probe: /scripthash\.subscribe_(valid|uppercase)|^subscribe_twice/,
    reason: "the status is a hash over a history of which the recording has the beginning: hashes masked",
    alike: withoutHashes
  },
  {
    probe: /header_5_cp_100/,
    reason: "the proof is made of 101 headers of which the recordings have six: hashes masked",
    alike: withoutHashes
  },
  {
    probe: /scripthash\.get_mempool_valid/,
    servers: /1\.16\.0/,
    reason: "the order of a Python set, which differs between processes: items sorted",
    alike: sortedItems
  }
]

/** The exception for an exchange, if there is something in it to make equal: a refusal has no list and no hash. */
const exceptionOf = (server: RecordedServer, { probe, recv }: ComparedRecording): Exception | undefined =>
  exceptions.find(
    (e) => e.probe.test(probe) && (e.servers === undefined || e.servers.test(server)) && e.alike(recv) !== recv
  )

const sentBytes = ({ probe, send }: ComparedRecording): Buffer =>
  // The recording kept bytes that are no UTF-8 as characters of the same numbers.
  Buffer.from(send, probe === "bytes_ff_fe" ? "latin1" : "utf8")

/** How long nothing has to come where nothing came within seconds. */
const silenceMs = 150

/** How long after its last byte a server that stayed open has time to close, or to say more. */
const graceMs = 150

/** What a simulated server answers to what was sent to the real one. */
const replay = async (
  port: number,
  recording: ComparedRecording
): Promise<{ readonly text: string; readonly bytes: number; readonly closed: boolean }> => {
  const client = plainTcp(port)
  await client.until((c) => !c.socket.connecting)
  if (recording.mode !== "none") {
    client.send(request(0, "server.version", ["probe", recording.mode === "1.4" ? "1.4" : ["1.4", "1.6"]]))
    await client.until((c) => c.lines().length > 0)
  }
  const before = client.size()
  const bytes = sentBytes(recording)
  if (recording.probe === "version_halfclose") client.socket.end(bytes)
  else client.socket.write(bytes)
  const wanted = recording.wholeBytes ?? Buffer.byteLength(recording.recv)
  if (recording.recv === "" && !recording.closed) {
    await new Promise((resolve) => setTimeout(resolve, silenceMs))
  } else {
    const came = await client
      .until((c) => (recording.closed ? c.closed() !== null : c.size() - before >= wanted), 2500)
      .then(
        () => true,
        () => false
      )
    if (came && !recording.closed) await new Promise((resolve) => setTimeout(resolve, graceMs))
  }
  const result = {
    text: client.received().subarray(before).toString("utf8"),
    bytes: client.size() - before,
    closed: client.closed() !== null
  }
  client.destroy()
  return result
}

type Outcome = "equal" | "alike" | string

const compare = async (port: number, server: RecordedServer, recording: ComparedRecording): Promise<Outcome> => {
  const { probe, mode, recv, closed, wholeBytes } = recording
  const got = await replay(port, recording)
  const text = wholeBytes === null ? got.text : got.text.slice(0, recv.length)
  // One recording stopped at 200,000 bytes; how full the padded packets of another were is a matter of timing.
  const sized = wholeBytes === null || got.bytes === wholeBytes || /_big$|_x300/.test(probe)
  if (got.closed === closed && sized) {
    const exception = exceptionOf(server, recording)
    if (exception === undefined && text === recv) return "equal"
    if (exception !== undefined && exception.alike(text) === exception.alike(recv)) return "alike"
  }
  const end = (is: boolean): string => (is ? "and the end" : "")
  const shown = (all: string): string => all.replace(/ {9,}/g, (spaces) => `<${spaces.length} spaces>`).slice(0, 2000)
  return `${probe} (${mode}): expected ${shown(recv)}${end(closed)}, got ${shown(text)}${end(got.closed)}`
}

const counts = new Map<RecordedServer, { readonly compared: number; readonly equal: number; readonly alike: number }>()

describe.each(recordedServers)("simulated %s", (name) => {
  it.live(
    "answers every recorded probe with the recorded bytes, but for what must differ",
    () =>
      Effect.gen(function*() {
        const { backend, spec, others } = recordedNode(name)
        const server = yield* startServer({
          software: software[name],
          chain: "regtest",
          backend,
          spec,
          others
        })
        const recordings = allRecordingsOf(name)
        const outcomes = yield* Effect.forEach(
          recordings,
          (recording) => Effect.promise(() => compare(server.tcpPort, name, recording)),
          { concurrency: 24 }
        )
        expect(outcomes.filter((outcome) => outcome !== "equal" && outcome !== "alike")).toEqual([])
        counts.set(name, {
          compared: outcomes.length,
          equal: outcomes.filter((outcome) => outcome === "equal").length,
          alike: outcomes.filter((outcome) => outcome === "alike").length
        })
      }),
    60_000
  )
})

describe("the README's table of implementations", () => {
  it("has the numbers that were just counted", () => {
    const rows = [...counts].map(
      ([name, { compared, equal, alike }]) => `| ${software[name]} | ${compared} | ${equal} | ${alike} | recorded |`
    )
    expect(rows.filter((row) => !readme("src/simnet").includes(row))).toEqual([])
    expect(counts.size).toBe(recordedServers.length)
  })
})

afterAll(() => counts.clear())
