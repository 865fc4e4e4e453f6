import { assert, describe, it } from "vitest"
import { type Implementation, implementations } from "../../../src/domain/implementation.ts"
import { decodeLine } from "../../../src/electrum/json-rpc.ts"
import { type DeepReply, replyOfLine, silence } from "../../../src/probe/deep/deep-reply.ts"
import { expectedAnswers } from "../../../src/probe/deep/expected-answers.ts"
import { malformedFacts } from "../../../src/probe/deep/malformed-response.ts"
import { recordedServers, type RecordedServer, type Recording, recordingsOf } from "../../support/recordings.ts"

/** Recorded probes that say the same thing in other letters. */
const counterparts: Readonly<Record<string, string>> = {
  "id-text": "id_string",
  "id-fraction": "id_float",
  "extra-key": "extra_member",
  batch: "batch_3",
  "unknown-method": "unknown_method",
  "too-many-params": "server.ping_with_params",
  "params-text": "params_string",
  "empty-batch": "batch_empty",
  "id-null": "id_null",
  "invalid-json": "invalid_json"
}

const truthOf = (server: RecordedServer): readonly [Implementation, string] =>
  server.startsWith("fulcrum") ? ["Fulcrum", "2.1.1"] : ["ElectrumX", server.slice("electrumx-".length)]

/** What the probe would have brought, had it been sent then. */
const replyIn = (probe: string, { closed, recv }: Recording): DeepReply => {
  const asked = { probe, method: "", params: [], sentMs: 0 }
  const text = recv.split("\n")[0]!
  if (text === "") return silence(asked, closed ? "closed" : "timeout", null)
  const crlf = text.endsWith("\r")
  return replyOfLine(asked, { line: decodeLine(Buffer.from(crlf ? text.slice(0, -1) : text)), crlf, atMs: 1 })
}

const repliesOf = (server: RecordedServer, mode: "1.4" | "1.4-1.6"): ReadonlyArray<DeepReply> => {
  const recordings = recordingsOf(server).filter((recording) => recording.mode === mode)
  return Object.entries(counterparts).flatMap(([probe, recorded]) => {
    const recording = recordings.find((it) => it.probe === recorded)
    return recording === undefined ? [] : [replyIn(probe, recording)]
  })
}

describe("malformed requests that real servers were recorded with", () => {
  for (const server of recordedServers) {
    for (const mode of ["1.4", "1.4-1.6"] as const) {
      it(`were answered by ${server} as is expected of it, handshake ${mode}`, () => {
        const [implementation, release] = truthOf(server)
        const replies = repliesOf(server, mode)
        assert.isAtLeast(replies.length, 9)
        for (const { probe } of replies) assert.property(expectedAnswers, probe)
        const found = malformedFacts(replies, { implementation, range: { since: release, before: null } }, null)
        assert.deepStrictEqual([found.response, found.differs], ["error", []])
      })
    }

    it(`were not answered by ${server} as any other software does`, () => {
      const [truth] = truthOf(server)
      for (const implementation of implementations) {
        const { differs, response } = malformedFacts(repliesOf(server, "1.4"), { implementation, range: null }, null)
        if (implementation === truth) assert.deepStrictEqual(differs, [])
        else assert.isTrue(response === "differs" && differs.length >= 4, `${implementation}: ${differs.join()}`)
      }
    })
  }

  it("tell ElectrumX 2.0 from 1.20 by what is usual for a release", () => {
    const older = { implementation: "ElectrumX", range: { since: "1.19", before: "2.0" } } as const
    assert.deepStrictEqual(malformedFacts(repliesOf("electrumx-1.20.0", "1.4"), older, null).differs, [])
    assert.deepStrictEqual(malformedFacts(repliesOf("electrumx-2.0b1", "1.4"), older, null).differs, [
      "too-many-params: ok where error -32602 is usual"
    ])
  })
})
