import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../src/domain/chain.ts"
import { recordedServers, recordingsOf } from "../support/recordings.ts"
import { loopbackVisitor, outcomesOf, visitPort } from "../support/visiting.ts"
import { answering, type ClientRequest } from "../support/wire-server.ts"

const regtest = shippedChains.find((chain) => chain.name === "regtest")!

/** What was recorded of a server at protocol 1.6 (or its best), by method and params. */
const repliesOf = (server: typeof recordedServers[number]): ReadonlyMap<string, string> => {
  const replies = new Map<string, string>()
  for (const { mode, probe, recv, send } of recordingsOf(server)) {
    if (mode !== "1.4-1.6" && probe !== "version_range_1.4_1.6") continue
    if (send.split("\n").length !== 2 || recv === "" || !send.startsWith("{")) continue
    try {
      const { id, method, params } = JSON.parse(send) as Pick<ClientRequest, "id" | "method" | "params">
      const key = JSON.stringify([method, method === "server.version" ? null : params])
      if (id === 1 && !replies.has(key)) replies.set(key, recv)
    } catch {
      continue
    }
  }
  return replies
}

/** What was recorded in the place of questions that were not: another unused script, another target of the same estimate. */
const recordedParams = ({ method, params }: Pick<ClientRequest, "method" | "params">): unknown => {
  if (method === "server.version") return null
  if (method === "blockchain.scripthash.get_balance") return ["ab".repeat(32)]
  return method === "blockchain.estimatefee" && params[0] === 144 ? [25] : params
}

layer(loopbackVisitor, { excludeTestServices: true })("a visit to a recorded server", (it) => {
  for (const server of recordedServers) {
    it.effect(`${server} is understood in every reply`, () =>
      Effect.gen(function*() {
        const replies = repliesOf(server)
        const wire = yield* answering((request) => {
          const recorded = replies.get(JSON.stringify([request.method, recordedParams(request)]))
          if (recorded !== undefined) request.socket.write(recorded.replace(/("id": ?)1(?=[,} ])/, `$1${request.id}`))
        })
        const visit = yield* visitPort(wire.port, { chain: regtest })
        const fulcrum = server.startsWith("fulcrum")
        const name = server.replace("electrumx-", "ElectrumX ").replace("fulcrum-", "Fulcrum ")
        assert.deepInclude(visit, {
          outcome: "answered",
          software: name,
          protocol: server === "electrumx-1.16.0" ? "1.4.2" : "1.6"
        })
        assert.deepStrictEqual(outcomesOf(visit), {
          version: "ok",
          banner: "ok",
          "donation address": "ok",
          tip: "ok",
          "header#0": "ok",
          ping: "ok",
          "peers#1": "ok",
          "peers#2": "ok",
          "fee#2": "ok",
          "fee#6": "ok",
          "fee#25": "ok",
          "fee#144": "ok",
          "fee histogram": "ok",
          "derived balance#1": "ok",
          "derived balance#2": "ok",
          "derived balance#3": "ok",
          "derived balance#4": "ok",
          [visit.protocol === "1.6" ? "mempool info" : "relay fee"]: "ok",
          // Padding of ElectrumX since 1.18 would hold them back.
          ...(visit.timing!.paced ? {} : { "idle ping#1": "ok", "idle ping#2": "ok", "idle ping#3": "ok", "idle ping#4": "ok" }),
          features: "ok"
        })
        assert.strictEqual(visit.timing!.paced, /ElectrumX (?:1\.20|2)/.test(name))
        assert.deepStrictEqual(visit.answers.filter(({ filtered }) => filtered !== false).map(({ subject }) => subject), [
          // Of regtest no public scripts are known.
          "balance",
          "history"
        ])
        assert.strictEqual(visit.chain?.verdict, "same")
        assert.isTrue(visit.tip?.validWork)
        assert.isAbove(visit.tip!.height, 200)
        assert.include(visit.banner, name)
        assert.include(visit.banner, "Unicode")
        assert.strictEqual(visit.features?.serverVersion, name)
        assert.strictEqual(visit.features?.genesisHash, regtest.genesis_hash)
        assert.isAbove(visit.features!.hosts.length, 0)
        assert.strictEqual(visit.features!.services.length > 0, !fulcrum)
        // Not every recorded server listed anybody, but the same recording twice is a list that repeats itself.
        assert.deepInclude(visit.peers, { asked: 2, unseenMass: 0, dropped: 0 })
        for (const observation of visit.observations) {
          assert.isNull(observation.errorMessage, observation.probe)
          assert.notMatch(observation.replyRaw!, /  +[}\]]$/)
        }
      }).pipe(Effect.scoped))
  }
})
