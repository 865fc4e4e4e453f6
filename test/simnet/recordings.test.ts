import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { startServer } from "../../src/simnet/simnet.ts"
import { plainTcp, request } from "../support/plain-client.ts"
import { type RecordedServer, recordedServers, type Recording, recordingsOf } from "../support/recordings.ts"

const software: Readonly<Record<RecordedServer, string>> = {
  "electrumx-1.16.0": "ElectrumX 1.16.0",
  "electrumx-1.20.0": "ElectrumX 1.20.0",
  "electrumx-2.0b1": "ElectrumX 2.0b1",
  "fulcrum-2.1.1": "Fulcrum 2.1.1"
}

/** Probes that are not compared, and why. */
const exceptions: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^blockchain\.(scripthash|transaction|address)|^subscribe_/,
    "needs transactions, which the simulated chain has not"
  ],
  [/^server\.add_peer/, "nothing of ours ever sends it"],
  [/^server\.peers|histogram/, "other peers and another mempool; their form is compared below"],
  [/^version_pipelined/, "has the peer list in it, and replies in the order of completion"],
  [/^nan_param/, "Python reads the bare word NaN, JSON.parse does not"],
  [/^version_halfclose/, "whether the end of the stream overtakes the reply is a matter of microseconds"],
  [/^bytes_ff_fe/, "the recording kept these bytes as text"]
]

/** What may differ: padding lengths, hashes and headers, numbers. The rest is compared byte for byte. */
const form = (text: string): string =>
  text
    .replace(/ {9,}/g, "<padding>")
    .replace(/[0-9a-f]{64,}/g, "<hex>")
    .replace(/-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?/g, "N")

const replay = async (port: number, recording: Recording): Promise<string | undefined> => {
  const client = plainTcp(port)
  await client.until((c) => !c.socket.connecting)
  if (recording.mode !== "none") {
    client.send(request(0, "server.version", ["probe", recording.mode === "1.4" ? "1.4" : ["1.4", "1.6"]]))
    await client.until((c) => c.lines().length > 0)
  }
  const before = client.received().length
  client.send(recording.send)
  const expected = form(recording.recv)
  const got = (): string => form(client.received().subarray(before).toString("utf8"))
  const silence = recording.recv === "" && !recording.closed
  await client
    .until((c) => got() === expected && (c.closed() !== null) === recording.closed && !silence, silence ? 60 : 2500)
    .catch(() => undefined)
  const end = recording.closed ? "close after " : ""
  const result =
    got() === expected && (client.closed() !== null) === recording.closed
      ? undefined
      : `${recording.probe} (${recording.mode}): expected ${end}${expected}, got ${client.closed() ?? "open"} ${got()}`
  client.destroy()
  return result
}

/** The recorded server's own name and texts. */
const specOf = (recordings: ReadonlyArray<Recording>) => {
  const resultOf = (probe: string): unknown => {
    const recording = recordings.find((r) => r.probe === probe && r.mode === "1.4")!
    return (JSON.parse(recording.recv) as { readonly result: unknown }).result
  }
  const { hosts } = resultOf("server.features") as { readonly hosts: object }
  return {
    names: [{ host: Object.keys(hosts)[0]!, tcp: 50001, tls: 50002 }] as const,
    banner: resultOf("server.banner") as string,
    donation: resultOf("server.donation_address") as string
  }
}

describe.each(recordedServers)("simulated %s", (name) => {
  const all = recordingsOf(name)

  it.effect(
    "answers every recorded probe in the same form, byte for byte but for heights, hashes and fees",
    () =>
      Effect.gen(function*() {
        const server = yield* startServer({ software: software[name], spec: specOf(all) })
        const compared = all.filter(
          (r) => r.send.length < 100_000 && !exceptions.some(([probe]) => probe.test(r.probe))
        )
        const differences = yield* Effect.forEach(
          compared,
          (recording) => Effect.promise(() => replay(server.tcpPort, recording)),
          { concurrency: 32 }
        )
        expect(compared.length).toBeGreaterThan(250)
        expect(differences.filter((difference) => difference !== undefined)).toEqual([])
      }),
    60_000
  )

  it.effect("prints peers and fee histograms in the recorded form", () =>
    Effect.gen(function*() {
      const server = yield* startServer({
        software: software[name],
        others: [
          {
            id: "other",
            operator: "other",
            software: "ElectrumX 1.20.0",
            names: [{ host: "ex2.regtest.test", addresses: ["127.10.0.1"], tcp: 50001, tls: 50002 }]
          }
        ]
      })
      for (const [probe, element] of [
        [
          "server.peers.subscribe",
          /\["127\.10\.0\.1",\s?"ex2\.regtest\.test",\s?\["v1\.6(\.0)?",\s?"s50002",\s?"t50001"\]\]/
        ],
        ["mempool.get_fee_histogram", /\[[0-9.]+,\s?[0-9]+\]/]
      ] as const) {
        const recording = all.find((r) => r.probe === probe && r.mode === "1.4")!
        const line = yield* Effect.promise(async () => {
          const client = plainTcp(server.tcpPort)
          client.send(request(0, "server.version", ["probe", "1.4"]) + recording.send)
          await client.until((c) => c.lines().length === 2, 3000)
          client.destroy()
          return client.lines()[1]!
        })
        const recorded = element.exec(recording.recv)![0]
        const simulated = element.exec(line)![0]
        expect(simulated.replace(/[0-9]+/g, "N")).toBe(recorded.replace(/[0-9]+/g, "N"))
      }
    })
  )
})
