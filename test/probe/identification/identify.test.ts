import { assert, describe, it } from "vitest"
import { isOfStatements } from "../../../src/domain/identification.ts"
import { identify } from "../../../src/probe/identification/identify.ts"
import { type SeenReply } from "../../../src/probe/identification/behaviour.ts"
import { behaviourOf, seenOnWire } from "../../support/behaviours.ts"

const range = ["1.4", "1.6"]
const version = (line: string): ReadonlyArray<SeenReply> =>
  seenOnWire([{ method: "server.version", params: ["probe", range] }], line, false)

const electrumx = (software: string, protocol: string, padding = ""): ReadonlyArray<SeenReply> =>
  version(`{"jsonrpc":"2.0","result":["${software}","${protocol}"],"id":1${padding}}\n`)

const fulcrum = (software: string, protocol: string, end = "\r\n"): ReadonlyArray<SeenReply> =>
  version(`{"id":1,"jsonrpc":"2.0","result":["${software}","${protocol}"]}${end}`)

const at = (replies: ReadonlyArray<SeenReply>, arrivedMs: number) =>
  ({ transport: "tcp", certificateMakers: [], dialledMs: 100, replies: replies.map((reply) => ({ ...reply, arrivedMs })) }) as const

const padded = " ".repeat(900)

describe("identify", () => {
  it("says nothing about who said nothing", () => {
    assert.isNull(identify(behaviourOf([])))
    assert.isNull(identify(behaviourOf(seenOnWire([{ method: "server.ping", params: [] }], "", true))))
  })

  it("names nothing that no known software writes", () => {
    const found = identify(behaviourOf(version(`{"id":1,"result":["Mine 1.0","1.4"],"jsonrpc":"2.0"}\n`)))!
    assert.strictEqual(found.implementation, null)
    assert.strictEqual(found.range, null)
    assert.isBelow(found.confidence, 0.6)
    assert.deepStrictEqual(found.contradictions, [])
  })

  it("knows the one release that pads without holding back from the one that does, by lateness never", () => {
    const releases = (arrivedMs: number) => identify(at(electrumx("ElectrumX 1.19.0", "1.6", padded), arrivedMs))!.range
    assert.deepStrictEqual(releases(900), { since: "1.19", before: null })
    const both = (arrivedMs: number) =>
      identify(at(electrumx("ElectrumX 1.18.0", "1.4", padded), arrivedMs))!.range
    // Whoever is slow may be far away.
    assert.deepStrictEqual(both(1200), { since: "1.18", before: null })
    assert.deepStrictEqual(both(1049), { since: "1.19", before: null })
  })

  it("holds a claim against behaviour, and behaviour against itself", () => {
    const relabelled = identify(behaviourOf(fulcrum("ElectrumX 1.16.0", "1.5.3")))!
    assert.strictEqual(relabelled.implementation, "Fulcrum")
    assert.deepStrictEqual(relabelled.contradictions, ["server.version claims ElectrumX 1.16.0, behaves like Fulcrum"])
    const old = identify(behaviourOf(electrumx("ElectrumX 1.20.0", "1.4.2")))!
    assert.deepStrictEqual(old.contradictions, ["server.version claims ElectrumX 1.20.0, behaves like >=1.16.0 <1.17"])
    // Line ends written anew by something in between.
    const rewritten = identify(behaviourOf([
      ...fulcrum("Fulcrum 2.0.0", "1.5.3", "\n"),
      ...seenOnWire([{ method: "server.features", params: [] }], `{"id":1,"jsonrpc":"2.0","result":{"dsproof":false,"hosts":{"a.test":{"ssl_port":50002}}}}\n`, false),
      ...seenOnWire([{ method: "foo.bar", params: [] }], `{"error":{"code":-32601,"message":"Unsupported request: foo.bar"},"id":1,"jsonrpc":"2.0"}\n`, false)
    ]))!
    assert.deepStrictEqual([rewritten.implementation, rewritten.contradictions], ["Fulcrum", ["line end (LF) is not Fulcrum's"]])
  })

  it("takes a build from between two releases for no lie", () => {
    const found = identify(behaviourOf(electrumx("ElectrumX 1.17.0", "1.4.3", padded)))!
    assert.deepStrictEqual(found.range, { since: "1.18", before: "1.19" })
    assert.deepStrictEqual(found.contradictions, [])
    assert.deepStrictEqual(found.remarks, ["claims ElectrumX 1.17.0, behaves like >=1.18 <1.19: perhaps a build from its sources"])
    const git = identify(behaviourOf(electrumx("ElectrumX 1.16.0", "1.4.3")))!
    assert.deepStrictEqual([git.range, git.contradictions, git.remarks], [{ since: "1.16.0", before: "1.18" }, [], []])
  })

  it("holds nothing against a claim that one odd reading speaks against", () => {
    // A handshake whose line end was written anew, and nothing more.
    const found = identify(behaviourOf(fulcrum("Fulcrum 2.0.0", "1.5.3", "\n")))!
    assert.deepStrictEqual([found.implementation, found.contradictions], [null, []])
  })

  it("compares what is claimed in features with the handshake", () => {
    const replies = [
      ...fulcrum("Fulcrum 2.0.0", "1.5.2"),
      ...seenOnWire([{ method: "server.features", params: [] }], `{"id":1,"jsonrpc":"2.0","result":{"dsproof":false,"hosts":{},"protocol_max":"1.5.3","server_version":"ElectrumX 99.9"}}\r\n`, false)
    ]
    const { contradictions } = identify(behaviourOf(replies))!
    assert.deepStrictEqual(contradictions.map(isOfStatements), [false, true, true])
    assert.deepStrictEqual(contradictions, [
      "server.version claims Fulcrum 2.0.0, behaves like >=1.9.6 <1.10",
      "server.features claims another software than server.version: ElectrumX 99.9",
      "protocol 1.5.2 was agreed on, not 1.5.3 as server.features has it"
    ])
  })

  it("keeps the reading that is harder to fake when two leave no release", () => {
    const found = identify(behaviourOf(electrumx("ElectrumX 1.20.0", "1.4.2", padded)))!
    assert.deepStrictEqual(found.range, { since: "1.18", before: null })
    assert.deepStrictEqual(found.contradictions, ["highest protocol (1.4.2) is >=1.11 <1.17, the rest >=1.18"])
  })

  it("gives certificate and handshake of an electrs to its proxy", () => {
    const replies = [
      ...fulcrum("electrs/0.10.9", "1.4", "\n"),
      ...seenOnWire([{ method: "foo.bar", params: [] }], `{"error":{"code":-32601,"message":"method not found"},"id":1,"jsonrpc":"2.0"}\n`, false)
    ]
    const { contradictions, implementation, proxy, remarks } = identify(behaviourOf(replies, "tls"))!
    assert.strictEqual(implementation, "romanz electrs")
    assert.deepStrictEqual([contradictions, remarks], [[], []])
    assert.lengthOf(proxy, 1)
    assert.match(proxy[0]!, /^TLS, which romanz electrs/)
    assert.deepStrictEqual(identify(behaviourOf(replies))!.proxy, [])
  })

  it("says who else ends TLS before software that could, and holds nothing against it", () => {
    const behaviour = behaviourOf(electrumx("ElectrumX 1.16.0", "1.4.2"), "tls")
    assert.deepStrictEqual(identify(behaviour)!.proxy, [])
    const found = identify({ ...behaviour, certificateMakers: ["Traefik"] })!
    assert.deepStrictEqual(found.proxy, ["a certificate that Traefik makes for itself"])
    assert.deepStrictEqual(found.contradictions, [])
    assert.deepStrictEqual({ ...found, proxy: [] }, identify(behaviour))
  })

  it("reads no other text than a number from what a server says of itself", () => {
    const secret = "hidden.example.org"
    const replies = [
      ...fulcrum(`ElectrumX 1.16.0.${secret}`, secret),
      ...seenOnWire([{ method: "server.banner", params: [] }], `{"id":1,"jsonrpc":"2.0","result":"electrs/0.9.1 ${secret}"}\r\n`, false),
      ...seenOnWire(
        [{ method: "server.features", params: [] }],
        `{"id":1,"jsonrpc":"2.0","result":{"${secret}":1,"hosts":{"${secret}":{}},"protocol_max":"${secret}","server_version":"Fulcrum 9.9.9 ${secret}"}}\r\n`,
        false
      )
    ]
    const found = JSON.stringify(identify(behaviourOf(replies)))
    assert.include(found, "claims ElectrumX 1.16.0")
    assert.notInclude(found, "hidden")
  })

  it("takes a banner that names two for none, and an old one of its own for old", () => {
    const withBanner = (banner: string) =>
      identify(behaviourOf([
        ...fulcrum("Fulcrum 2.0.0", "1.5.3"),
        ...seenOnWire([{ method: "server.banner", params: [] }], `{"id":1,"jsonrpc":"2.0","result":"${banner}"}\r\n`, false)
      ]))!
    assert.deepStrictEqual(withBanner("from electrs 0.9.1 to Fulcrum 2.0.0").contradictions, [])
    assert.deepStrictEqual(withBanner("ElectrumX 1.16.0").contradictions, ["the banner names ElectrumX 1.16.0, behaves like Fulcrum"])
    const old = withBanner("Fulcrum 1.9.1")
    assert.deepStrictEqual([old.contradictions, old.remarks], [[], ["the banner names Fulcrum 1.9.1, server.version Fulcrum 2.0.0"]])
  })

  it("is not surprised by any line", () => {
    const lines = [
      "null", "[]", "{}", "5", "\"x\"", "{\"id\":1}", "{\"id\":1,\"result\":null}", "{\"id\":1,\"error\":{}}", "{\"id\":1,\"error\":[]}",
      "{\"id\":1,\"result\":[]}", "{\"id\":1,\"result\":[1,2]}", "{\"id\":1,\"result\":{}}", "{\"id\":1,\"result\":{\"hosts\":[],\"protocol_max\":{}}}",
      "{\"id\":1,\"result\":[[null]]}", "{\"id\":1,\"result\":[[1e999,1]]}", `{"id":1,"result":${"[".repeat(40)}`, `{"id":1,"result":"${"\\u0000".repeat(9000)}"}`
    ]
    const methods = [
      "server.version", "server.banner", "server.donation_address", "server.features", "server.peers.subscribe", "server.ping",
      "mempool.get_fee_histogram", "mempool.get_info", "blockchain.relayfee", "blockchain.estimatefee", "blockchain.block.header",
      "blockchain.block.headers", "blockchain.headers.subscribe", "blockchain.transaction.id_from_pos", "blockchain.scripthash.get_history"
    ]
    for (const line of lines) {
      for (const params of [[], ["x", ["1.4", "99.9"]], ["x", [{}, null]], [null, null]]) {
        const replies = methods.flatMap((method) => seenOnWire([{ method, params }], `${line}\n`, false))
        for (const found of [identify(behaviourOf(replies)), identify(behaviourOf(replies.toReversed(), "ws"))]) {
          assert.isTrue(found === null || (found.confidence >= 0 && found.confidence <= 1), line)
        }
      }
    }
  })
})
