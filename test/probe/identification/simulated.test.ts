import { startServer } from "../../support/start-server.ts"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Identification } from "../../../src/domain/identification.ts"
import { type Implementation, isInRange } from "../../../src/domain/implementation.ts"
import type { SeenReply } from "../../../src/probe/identification/behaviour.ts"
import { identify } from "../../../src/probe/identification/identify.ts"
import { askAll, furtherCalls, visitCalls } from "../../support/asking.ts"
import { behaviourOf } from "../../support/behaviours.ts"

/** Releases that are simulated. */
const releases: Readonly<Record<Implementation, ReadonlyArray<string>>> = {
  ElectrumX: ["1.10.0", "1.13.0", "1.15.0", "1.16.0", "1.17.0", "1.18.0", "1.19.0", "1.20.0", "2.0b1"],
  Fulcrum: ["1.0.4", "1.1.0", "1.2.0", "1.4.1", "1.5.4", "1.8.2", "1.9.1", "1.9.4", "1.9.6", "1.9.8", "1.12.0", "2.0.0", "2.1.0", "2.1.1"],
  "romanz electrs": ["0.9.10", "0.10.9", "0.11.0", "0.11.1"],
  "Blockstream electrs": ["0.4.1"],
  "mempool electrs": ["3.1.0"]
}

const textOf: Readonly<Record<Implementation, (release: string) => string>> = {
  ElectrumX: (release) => `ElectrumX ${release}`,
  Fulcrum: (release) => `Fulcrum ${release}`,
  "romanz electrs": (release) => `electrs/${release}`,
  "Blockstream electrs": (release) => `electrs-esplora ${release}`,
  "mempool electrs": (release) => `mempool-electrs ${release}`
}

const all = (Object.keys(releases) as ReadonlyArray<Implementation>).flatMap((implementation) =>
  releases[implementation].map((release) => ({ implementation, release, software: textOf[implementation](release) }))
)

/** The same server under another name: in the handshake, in features, in the banner. */
const claiming = (replies: ReadonlyArray<SeenReply>, truth: string, lie: string): ReadonlyArray<SeenReply> => {
  const renamed = (value: unknown): unknown => {
    if (value === truth) return lie
    if (Array.isArray(value)) return value.map(renamed)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, renamed(entry)]))
  }
  return replies.map((reply) => ({
    ...reply,
    raw: reply.raw?.replaceAll(truth, lie) ?? null,
    result: reply.method === "server.banner" ? `Welcome to ${lie}` : renamed(reply.result)
  }))
}

const isRight = (found: Identification, { implementation, release }: (typeof all)[number]): boolean =>
  found.implementation === implementation && isInRange(release, found.range!)

describe("romanz electrs of whatever release", () => {
  for (const release of ["0.11.1", "0.11.2", "0.11.9"]) {
    for (const hosts of ["malformed", "all"] as const) {
      it.live(`${release} with ${hosts === "all" ? "a map of hosts" : "a port for a host"} is held against nobody`, () =>
        Effect.gen(function*() {
          const software = `electrs/${release}`
          const { tcpPort } = yield* startServer({ software, spec: { hosts } })
          const replies = yield* askAll(tcpPort, [...visitCalls(software), ...furtherCalls], ["server.features"])
          const { contradictions, implementation, range, remarks } = identify(behaviourOf(replies))!
          assert.strictEqual(implementation, "romanz electrs")
          assert.deepStrictEqual(contradictions, [])
          // A build from the sources behind 0.11.1 calls itself so.
          const isBuild = release === "0.11.1" && hosts === "all"
          assert.strictEqual(isInRange(release, range!), !isBuild)
          assert.strictEqual(remarks.length, isBuild ? 1 : 0)
        }).pipe(Effect.scoped))
    }
  }
})

// Most of the time is ElectrumX holding replies back.
describe("identification of simulated servers", { concurrent: true }, () => {
  for (const truth of all) {
    it.live(`${truth.software} is named by a visit, whatever it calls itself`, () =>
      Effect.gen(function*() {
        const { tcpPort } = yield* startServer({ software: truth.software })
        const replies = yield* askAll(tcpPort, visitCalls(truth.software), ["server.features"])
        const honest = identify(behaviourOf(replies))!
        assert.isTrue(isRight(honest, truth), JSON.stringify(honest))
        assert.deepStrictEqual(honest.contradictions, [])
        for (const other of all) {
          if (other === truth) continue
          const found = identify(behaviourOf(claiming(replies, truth.software, other.software)))!
          assert.isTrue(isRight(found, truth), JSON.stringify(found))
          assert.deepInclude(found, { confidence: honest.confidence, fingerprintHash: honest.fingerprintHash })
          // A visit has one reading at most that tells those in Rust from each other, too little to hold against a claim.
          const isAlike = truth.implementation.endsWith("electrs") && other.implementation.endsWith("electrs")
          if (other.implementation !== truth.implementation && !isAlike) {
            assert.include(found.contradictions.join(), `claims ${other.implementation} `)
          }
        }
      }).pipe(Effect.scoped))

    it.live(`${truth.software} is known for certain by some questions more`, () =>
      Effect.gen(function*() {
        const lie = all[(all.indexOf(truth) + 7) % all.length]!
        const { tcpPort } = yield* startServer({
          software: truth.software,
          spec: { banner: `Welcome to ${lie.software}!` }
        })
        const replies = yield* askAll(tcpPort, [...visitCalls(truth.software), ...furtherCalls.slice(0, -1)], furtherCalls.at(-1)!)
        const found = identify(behaviourOf(replies))!
        assert.isTrue(isRight(found, truth), JSON.stringify(found))
        assert.isAtLeast(found.confidence, truth.implementation === "Blockstream electrs" ? 0.75 : 0.95)
        assert.strictEqual(found.contradictions.length, lie.implementation === truth.implementation ? 0 : 1)
        if (lie.implementation !== truth.implementation) {
          assert.match(found.contradictions[0]!, new RegExp(`^the banner names ${lie.implementation} [0-9.]+, behaves like .*${truth.implementation}`))
        }
      }).pipe(Effect.scoped))
  }
})
