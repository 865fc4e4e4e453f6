import { describe, expect, it } from "vitest"
import { type CrawlFacts, crawlEvidence, type ServerEvidence } from "../../../src/analysis/suspicion/evidence.ts"
import type { IndicatorName } from "../../../src/analysis/suspicion/indicators/indicators.ts"
import { indicators } from "../../../src/analysis/suspicion/indicators/indicators.ts"
import { noRelations, type Relations } from "../../../src/analysis/suspicion/relations.ts"
import {
  answerOf,
  evidenceOf,
  headerOf,
  shownCertificate,
  shownOf,
  visitOf
} from "../../support/suspicion-evidence.ts"
import { shippedChains } from "../../../src/domain/chain.ts"

const real: CrawlFacts = {
  network: "mainnet",
  simulated: false,
  genesisHash: shippedChains.find(({ name }) => name === "mainnet")!.genesis_hash
}

/** What an indicator reads of each server, by number: its share, or why it was not tested. */
const readAll = (
  name: IndicatorName,
  servers: ReadonlyArray<ServerEvidence>,
  relations: Relations = noRelations,
  crawl: CrawlFacts = real
): Readonly<Record<number, number | string>> => {
  const around = crawlEvidence(crawl, servers, relations)
  return Object.fromEntries(servers.map((server) => {
    const reading = indicators[name](server, around)
    return [server.serverId, "untested" in reading ? reading.untested : Math.round(reading.share * 1000) / 1000]
  }))
}

const read = (name: IndicatorName, server: ServerEvidence, ...others: ReadonlyArray<ServerEvidence>): number | string =>
  readAll(name, [server, ...others])[server.serverId]!

const empty = { expected: 4, shown: 0, missing: ["aa"] }

describe("work and checkpoints", () => {
  const limit = 0x207fffff
  const sim: CrawlFacts = { network: "a chain of somebody's own", simulated: true, genesisHash: headerOf(limit, { tag: 9 }).hash }
  const genesis = shownOf("header#0", 0, headerOf(limit, { tag: 9 }))
  const of = (id: number, bits: number, meets = true) => evidenceOf(id, { headers: [genesis, shownOf("tip", 2150, headerOf(bits, { meets, tag: id }))] })

  it("are not tested where no header or no tip was shown", () => {
    expect(read("work and checkpoints", evidenceOf(1))).toBe("it showed no header of the chain")
    expect(readAll("work and checkpoints", [evidenceOf(1, { headers: [genesis] })], noRelations, sim)[1]).toBe("it showed no readable tip")
  })

  it("are found wanting in who shows a tip without work, however many do", () => {
    const liars = [1, 2, 3, 4].map((id) => of(id, limit, false))
    expect(readAll("work and checkpoints", [...liars, of(5, limit)], noRelations, sim)).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 0 })
  })

  it("are found wanting in who shows one header for two heights", () => {
    const stuck = evidenceOf(1, { headers: [genesis, shownOf("header#1000", 1000, genesis.header)] })
    expect(readAll("work and checkpoints", [stuck], noRelations, sim)[1]).toBe(1)
  })

  it("are not judged by what others show: a header of a harder time is easily shown again where it does not belong", () => {
    const shows = (id: number, bits: number, height: number, host: string) =>
      evidenceOf(id, { visits: [visitOf(host)], headers: [shownOf("tip", height, headerOf(bits, { tag: id }))] })
    const honest = [1, 2].map((id) => shows(id, limit, 960_100, `honest${id}.example`))
    const replaying = [3, 4, 5].map((id) => shows(id, 0x201fffff, 960_000 + id, `sybil${id}.example`))
    expect(readAll("work and checkpoints", [...honest, ...replaying])).toEqual({ 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 })
  })
})

describe("known histories", () => {
  const honest = evidenceOf(9, { answers: [answerOf("history", { scriptForm: "P2WPKH" }), answerOf("balance", { scriptForm: "P2TR" })] })
  const told = (response: string | null, detail: unknown = empty) =>
    evidenceOf(1, { answers: [answerOf("history", { scriptForm: "P2WPKH", response, detail })] })

  it("are told wrong by who leaves out, alters or empties them, if anybody at all confirms them", () => {
    for (const response of ["empty", "truncated", "differs"]) expect(read("known histories", told(response), honest)).toBe(1)
    const liars = [2, 3, 4, 5, 6].map((id) => ({ ...told("empty"), serverId: id }))
    expect(readAll("known histories", [told("empty"), ...liars, honest])).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 9: 0 })
  })

  it("are not tested where nobody confirms what we know, and where nothing was asked or can be judged", () => {
    expect(read("known histories", told("empty"))).toMatch(/our own facts may be wrong/)
    expect(read("known histories", evidenceOf(1), honest)).toBe("it was asked about no script whose history is known")
    expect(read("known histories", told("error"), honest)).toBe("no answer about a script can be judged")
    expect(read("known histories", told("refused"), honest)).toBe("no answer about a script can be judged")
    expect(read("known histories", told(null), honest)).toBe("it was asked about no script whose history is known")
  })

  it("are not tested at a server that says it is for its owner's wallets and knows no public script at all", () => {
    const answers = [
      answerOf("history", { scriptForm: "P2WPKH", response: "empty", detail: empty }),
      answerOf("balance", { scriptForm: "P2WPKH", response: "differs", detail: { expected: 7, shown: 0 } }),
      answerOf("balance", { scriptForm: "P2TR" })
    ]
    const calling = (software: string, changes: Partial<ServerEvidence> = {}, implementation: string | null = null) =>
      evidenceOf(1, { visits: [visitOf("a.example", { software, implementation })], answers, ...changes })
    for (const software of ["bwt 0.2.4", "ElectrumPersonalServer 0.2.4"]) expect(read("known histories", calling(software), honest)).toMatch(/owner's wallets/)
    expect(read("known histories", calling("bwt 0.2.4", {}, "Fulcrum"), honest)).toBe(1)
    expect(read("known histories", calling("Fulcrum 2.0"), honest)).toBe(1)
    const knowing = [...answers, answerOf("history", { scriptForm: "P2PKH" })]
    expect(read("known histories", calling("bwt 0.2.4", { answers: knowing }), honest)).toBe(1)
    const proofs = [answerOf("merkle proof", { response: "differs", detail: { expected: "aa", shown: "bb" } })]
    const proving = evidenceOf(9, { proofs: ["merkle proof", "transaction"].map((subject) => answerOf(subject)) })
    expect(read("contradicted proofs", calling("bwt 0.2.4", { proofs }), proving)).toBeTypeOf("string")
    expect(read("contradicted proofs", calling("Fulcrum 2.0", { proofs }), proving)).toBe(1)
    const altered = [answerOf("transaction", { response: "differs", detail: { expected: "aa", shown: "bb" } })]
    expect(read("contradicted proofs", calling("bwt 0.2.4", { proofs: altered }), proving)).toBe(1)
  })

  it("that are right but out of order, or no history at all, are no lies", () => {
    expect(read("known histories", told("differs", { expected: 4, shown: 4, order: "not by height" }), honest)).toBe(0.1)
    expect(read("known histories", told("differs", { problem: "not what get_history returns" }), honest)).toBe("no answer about a script can be judged")
  })
})

describe("contradicted proofs", () => {
  const honest = evidenceOf(9, { proofs: ["merkle proof", "transaction", "unspent", "status", "header range", "further histories", "features twice"].map((subject) => answerOf(subject)) })
  const told = (subject: string, detail: unknown, response: string | null = "differs") => evidenceOf(1, { proofs: [answerOf(subject, { response, detail })] })

  it("count in full where hashes prove them, and less where a damaged index does it too", () => {
    const shares = [
      told("merkle proof", { expected: "aa", shown: "bb" }),
      told("transaction", { expected: "aa", shown: "bb" }),
      told("unspent", { contradicts: "transaction" }),
      told("merkle proof", { because: "a branch longer than any block needs" }),
      told("unspent", { contradicts: "balance" }),
      told("unspent", { contradicts: "balance" }, "empty"),
      told("status", { expected: "aa", shown: "bb" }),
      told("header range", { contradicts: "order" }),
      told("header range", { contradicts: "count" }),
      told("header range", { contradicts: "tip" }),
      told("features twice", { contradicts: "genesis_hash" }),
      told("further histories", { scripts: [] })
    ].map((server) => read("contradicted proofs", server, honest))
    expect(shares).toEqual([1, 1, 1, 0.5, 0.3, 0.3, 0.3, 1, 0.5, 0.5, 0.3, 1])
  })

  it("count a later entry without a proof by half, where others prove what is pinned: no two histories have the same later entries", () => {
    expect(read("contradicted proofs", told("later entry", { because: "it is confirmed above the tip that it tells" }), honest)).toBe(0.5)
    expect(read("contradicted proofs", told("later entry", { expected: "aa", shown: "bb" }), honest)).toBe(1)
    expect(read("contradicted proofs", told("later entry", {}))).toMatch(/mistake may be ours/)
    // Fewer headers than there are may be all that it gives at once.
    expect(read("contradicted proofs", told("header range", {}, "truncated"), honest)).toBe("no answer to a question for proofs can be judged")
  })

  it("are not tested without a deep visit, where nothing can be judged, and where nobody answers as expected", () => {
    expect(read("contradicted proofs", evidenceOf(1), honest)).toBe("no deep visit asked it for proofs")
    for (const response of [null, "error", "refused", "closed", "not asked"]) {
      expect(read("contradicted proofs", told("transaction", {}, response), honest)).toBe("no answer to a question for proofs can be judged")
    }
    expect(read("contradicted proofs", told("status", { problem: "not what it returns" }), honest)).toBe("no answer to a question for proofs can be judged")
    expect(read("contradicted proofs", told("transaction", { expected: "aa" }))).toMatch(/mistake may be ours/)
    expect(read("contradicted proofs", honest)).toBe(0)
  })

  it("that cannot be read, or are refused, are odd answers like others", () => {
    expect(read("modified protocol answers", told("status", { problem: "not what it returns" }))).toBe(0.4)
    const refused = evidenceOf(1, { proofs: [answerOf("unspent", { scriptForm: "P2TR", response: "refused", filtered: true })] })
    expect(read("modified protocol answers", refused)).toBe(0.1)
    expect(read("modified protocol answers", told("transaction", { expected: "aa" }))).toBe(0)
  })
})

describe("modified protocol answers and replies without measure", () => {
  const odd = (...probes: ReadonlyArray<string>) =>
    evidenceOf(1, { oddReplies: probes.map((probe) => ({ visitId: 1, probe, outcome: "malformed", message: "not JSON" })) })
  const large = (probe: string) => evidenceOf(1, { oddReplies: [{ visitId: 1, probe, outcome: "too large", message: null }] })

  it("count by the kinds of questions, since a fork may have one whim", () => {
    expect(read("modified protocol answers", evidenceOf(1))).toBe(0)
    expect(read("modified protocol answers", odd("fee#2", "fee#6", "fee#25"))).toBe(0.4)
    expect(read("modified protocol answers", odd("fee#2", "banner"))).toBe(0.7)
    expect(read("modified protocol answers", odd("fee#2", "banner", "tip", "features"))).toBe(1)
  })

  it("see little in what proxies, limits and forks do", () => {
    const filtered = answerOf("mempool info", { filtered: true, response: "refused" })
    const deep = { visitId: 2, comparedWith: "ElectrumX any", notCompared: null, differs: ["deep/batch: none where list is usual"] }
    expect(read("modified protocol answers", evidenceOf(1, { answers: [filtered], deep }))).toBe(0.1)
  })

  it("have no measure beyond every bound, but histories may be long", () => {
    expect(read("replies without measure", large("banner"))).toBe(1)
    expect(read("replies without measure", large("history#P2PKH"))).toBe(0)
    const flood = evidenceOf(1, { oddReplies: [{ visitId: 1, probe: "banner", outcome: "malformed", message: "1001 unasked lines" }] })
    expect([read("replies without measure", flood), read("modified protocol answers", flood)]).toEqual([1, 0])
    const trickle = (changes: object = {}) =>
      evidenceOf(1, { trickles: [{ visitId: 1, replies: 5, bytes: 600, fewest: 57, most: 218, quickestMs: 51, slowestMs: 64, ...changes }] })
    expect(read("replies without measure", trickle())).toBe(1)
    // Who takes a second for each reply takes it for short and long ones alike; quick lines and few replies tell nothing.
    for (const usual of [{ slowestMs: 240 }, { most: 80 }, { quickestMs: 2, slowestMs: 2.5 }, { replies: 3 }]) {
      expect(read("replies without measure", trickle(usual)), JSON.stringify(usual)).toBe(0)
    }
    const chain = (chainLength: number) => evidenceOf(1, { certificates: [shownCertificate("a.example", { chainLength })] })
    expect([read("replies without measure", chain(4)), read("replies without measure", chain(10))]).toEqual([0, 1])
  })
})

describe("selective answers", () => {
  const told = (state: string, differing: ReadonlyArray<string>, toldBoth: ReadonlyArray<string>) =>
    evidenceOf(1, { differential: { state, differing, toldBoth, pValue: 0.008, qValue: 0.03, serversTested: 12 } })
  const series = (state: string, ...differing: ReadonlyArray<string>) => told(state, differing, differing)

  it("count once they are repeated on another day, fully where the chain is what differs", () => {
    expect(read("selective answers", series("differs", "history#P2PKH", "banner"))).toBe(1)
    expect(read("selective answers", series("differs", "banner"))).toBe(0.1)
    expect(read("selective answers", series("same"))).toBe(0)
  })

  it("are little where one way has only silence or errors: proxies and limits do that", () => {
    expect(read("selective answers", told("differs", ["history#P2PKH", "header#2144"], []))).toBe(0.1)
    expect(read("selective answers", told("differs", ["history#P2PKH", "header#2144"], ["header#2144"]))).toBe(1)
  })

  it("are not tested before that", () => {
    for (const server of [evidenceOf(1), series("open", "banner"), series("not comparable")]) {
      expect(read("selective answers", server)).toBeTypeOf("string")
    }
  })
})

describe("invented peers", () => {
  const lists = (id: number, soleUnanswered: number, entries = 400) =>
    evidenceOf(id, { announced: { entries, soleUnanswered, soleImpossible: 0, repeated: 0, recurring: 0, examples: [] } })
  const others = [2, 3, 4, 5, 6].map((id) => lists(id, 2))

  it("are a list of many hosts that nobody else names and that are not there", () => {
    expect(readAll("invented peers", [lists(1, 300), ...others])).toEqual({ 1: 1, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0 })
    expect(read("invented peers", lists(1, 39), ...others)).toBe(0)
  })

  it("are worth hardly anything where others could have announced them to it and switched them off", () => {
    expect([44, 199].map((gone) => read("invented peers", lists(1, gone), ...others))).toEqual([0.03, 0.03])
  })

  it("are entries over and over in one list", () => {
    const again = (recurring: number) => evidenceOf(1, { announced: { entries: 130, soleUnanswered: 0, soleImpossible: 0, repeated: 0, recurring, examples: [] } })
    expect([read("invented peers", again(4000), ...others), read("invented peers", again(9), ...others)]).toEqual([1, 0])
  })

  it("are not tested where hardly anybody else shows a list, nor of who shows none", () => {
    expect(read("invented peers", lists(1, 300))).toBeTypeOf("string")
    expect(read("invented peers", evidenceOf(1), ...others)).toBe("it showed no peer list")
  })
})

describe("harmful texts", () => {
  const greets = (bannerText: string) => evidenceOf(1, { visits: [visitOf("a.example", { bannerText })] })

  it("are markup that runs, markup, and escapes, in this order", () => {
    expect(read("harmful texts", greets('<h1>Update</h1><script>go()</script>'))).toBe(1)
    expect(read("harmful texts", greets("<b>Welcome</b>"))).toBe(0.5)
    expect(read("harmful texts", greets("\u001b[31mred\u001b[0m"))).toBe(0.3)
    for (const acts of ["\u001b[2J", "\u001b]0;title\u0007", "\u202egnp.exe"]) expect(read("harmful texts", greets(acts)), acts).toBe(0.6)
    // Arabic and Hebrew come with marks of their own.
    expect(read("harmful texts", greets("\u202bשלום\u202c"))).toBe(0.3)
  })

  it("are no drawings, comparisons, class names or addresses in angle brackets", () => {
    for (const text of ["/\\_/\\  <(^_^)>", "a < b and b > c", "Write to <me@example.org>", "TypeError: <class 'int'>", "tab\tand\r\nlines", "ü"]) {
      expect(read("harmful texts", greets(text)), text).toBe(0)
    }
  })
})

describe("certificates", () => {
  const shares = (id: number, host: string, changes: Parameters<typeof shownCertificate>[1] = {}) =>
    evidenceOf(id, {
      visits: [visitOf(host)],
      certificates: [shownCertificate(host, { spkiSha256: "one key", names: ["elsewhere.test"], ...changes })]
    })
  const three = (changes: Parameters<typeof shownCertificate>[1] = {}) => [shares(1, "a.alpha.example", changes), shares(2, "b.beta.example", changes), shares(3, "c.gamma.example", changes)]

  it("are reused where strangers have one key that is no default and does not name them", () => {
    expect(readAll("certificate reuse", three())).toEqual({ 1: 0.5, 2: 0.5, 3: 0.5 })
    expect(readAll("certificate reuse", three({ defaultKinds: new Set(["public key"]) }))).toEqual({ 1: 0, 2: 0, 3: 0 })
    const openly = three().map((server) => ({ ...server, certificates: server.certificates.map((it) => ({ ...it, names: [`*${it.host.slice(1)}`] })) }))
    expect(readAll("certificate reuse", openly)).toEqual({ 1: 0, 2: 0, 3: 0 })
  })

  it("are not reused by one server's endpoints, one domain, one address, who linkage joins, or a proxy", () => {
    const [first, ...rest] = three()
    expect(readAll("certificate reuse", [first!])).toEqual({ 1: 0 })
    expect(readAll("certificate reuse", three(), { related: [[1, 2, 3]], fleets: null })).toEqual({ 1: 0, 2: 0, 3: 0 })
    expect(readAll("certificate reuse", [shares(1, "a.one.example"), shares(2, "b.one.example")])).toEqual({ 1: 0, 2: 0 })
    const at = (id: number, host: string) => ({ ...shares(id, host), visits: [visitOf(host, { address: "192.0.2.7" })] })
    expect(readAll("certificate reuse", [at(1, "a.alpha.example"), at(2, "b.beta.example")])).toEqual({ 1: 0, 2: 0 })
    const proxied = { ...first!, visits: [visitOf("a.alpha.example", { proxy: ["TLS, which romanz electrs cannot speak"] })] }
    expect(read("certificate reuse", proxied, ...rest)).toBe(0)
  })

  const signed = (id: number, issuer: string, changes: Parameters<typeof shownCertificate>[1] = {}) => {
    const host = `s${id}.own-${id}.example`
    return evidenceOf(id, { certificates: [shownCertificate(host, { issuer, selfSigned: false, ...changes })] })
  }

  it("of one private authority speak of somebody in between; public ones, defaults and self-signed ones do not", () => {
    const four = (changes: Parameters<typeof shownCertificate>[1] = {}) => [1, 2, 3, 4].map((id) => signed(id, "CN=Corporate Inspection", changes))
    expect(readAll("interception authority", four())).toEqual({ 1: 0.5, 2: 0.5, 3: 0.5, 4: 0.5 })
    expect(read("interception authority", four()[0]!, four()[1]!)).toBe(0)
    expect(readAll("interception authority", four({ publicAuthority: true }))[1]).toBe(0)
    expect(readAll("interception authority", four({ selfSigned: true }))[1]).toBe(0)
    expect(readAll("interception authority", four({ defaultKinds: new Set(["certificate issuer"]) }))[1]).toBe(0)
    expect(readAll("interception authority", four(), noRelations, { ...real, simulated: true })[1]).toMatch(/simulated/)
  })

  it("are valid for very long beyond ten years by a number of days that nobody is known to set", () => {
    const lasts = (days: number | null, defaultKinds: ReadonlyArray<string> = []) =>
      read("very long validity", evidenceOf(1, { certificates: [shownCertificate("a.example", { days, defaultKinds: new Set(defaultKinds) })] }))
    expect([lasts(365), lasts(3650), lasts(36_500, ["certificate validity"])]).toEqual([0, 0, 0])
    expect([lasts(5000), lasts(40_000)]).toEqual([0.5, 1])
    expect(lasts(null)).toBe("its certificate states no readable dates")
    expect(read("very long validity", evidenceOf(1))).toBe("it showed no certificate")
  })
})

describe("self-contradicting metadata", () => {
  it("is little for claims that do not go with behaviour, all for a genesis hash beside other headers", () => {
    const says = (...contradictions: ReadonlyArray<string>) => evidenceOf(1, { visits: [visitOf("a.example", { contradictions })] })
    expect(read("self-contradicting metadata", says())).toBe(0)
    expect(read("self-contradicting metadata", says("a"))).toBe(0.07)
    expect(read("self-contradicting metadata", says(..."abcdefghijkl"))).toBe(0.6)
    const ofStatements = ["server.features claims another software than server.version: ElectrumX 99.9", "protocol 1.0 was agreed on, not 1.4 as server.features has it"]
    expect(read("self-contradicting metadata", says(...ofStatements))).toBe(0.28)
    const genesis = (featuresGenesisHash: string, chainVerdict = "same") => evidenceOf(1, { visits: [visitOf("a.example", { featuresGenesisHash, chainVerdict })] })
    expect(read("self-contradicting metadata", genesis("00"))).toBe(1)
    expect(read("self-contradicting metadata", genesis("00", "unverified"))).toBe(0)
    expect(read("self-contradicting metadata", genesis(real.genesisHash))).toBe(0)
    expect(read("self-contradicting metadata", evidenceOf(1, { visits: [visitOf("a.example", { contradictions: null })] }))).toBeTypeOf("string")
  })

  it("is in the claim of a stranger's host, not in one that is returned, of one's own, or without an answer; the stranger stays out of it", () => {
    const claims = (id: number, host: string, ...claimedHosts: ReadonlyArray<string>) => evidenceOf(id, { visits: [visitOf(host, { claimedHosts })] })
    const victim = claims(2, "b.beta.example", "b.beta.example")
    const claiming = claims(1, "a.alpha.example", "a.alpha.example", "b.beta.example", "down.example")
    expect(readAll("self-contradicting metadata", [claiming, victim])).toEqual({ 1: 0.09, 2: 0 })
    expect(readAll("self-contradicting metadata", [claiming, claims(2, "b.beta.example", "a.alpha.example")])).toEqual({ 1: 0, 2: 0 })
    expect(readAll("self-contradicting metadata", [claiming, victim], { related: [[1, 2]], fleets: null })).toEqual({ 1: 0, 2: 0 })
  })
})

describe("self-contradicting answers", () => {
  const share = (changes: Parameters<typeof evidenceOf>[1]) => read("self-contradicting metadata", evidenceOf(1, changes))

  it("are three names of software or never one certificate twice, not what an update, a renewal or two machines do", () => {
    const changing = (softwareNames: number, certificates: number, handshakes: number) =>
      share({ changing: [{ host: "a.example", port: 50002, visits: handshakes, software: ["X 1"], softwareNames, handshakes, certificates }] })
    expect(changing(2, 2, 5)).toBe(0)
    expect(changing(1, 3, 3)).toBe(0)
    expect(changing(1, 4, 5)).toBe(0)
    expect(changing(3, 1, 5)).toBe(0.14)
    expect(changing(1, 5, 5)).toBe(0.14)
    expect(changing(3, 5, 5)).toBe(0.28)
  })

  it("are an entry more beside the same balance in three forms of scripts, since a block may bring one or two between two questions", () => {
    const forms = (...names: ReadonlyArray<string>) => share({ unbalanced: names.map((scriptForm) => ({ visitId: 1, scriptForm })) })
    expect(forms("P2TR", "P2SH")).toBe(0)
    expect(forms("P2TR", "P2TR", "P2SH")).toBe(0)
    expect(forms("P2TR", "P2SH", "P2WSH")).toBe(0.42)
    expect(forms("P2TR", "P2SH", "P2WSH", "P2PKH", "P2WPKH")).toBe(0.6)
  })

  it("are two ports and more at which it lists itself now and then and is not found, not one of a server that moved", () => {
    const lists = (...ports: ReadonlyArray<number>) => share({ ownPorts: [{ host: "a.example", transport: "tls", ports }] })
    expect(lists(50_003)).toBe(0)
    expect(lists(50_003, 50_004)).toBe(0.14)
  })

  it("are an onion that nobody can have, not one that exists or is of version 2", () => {
    const claims = (host: string) => share({ visits: [visitOf("a.example", { claimedHosts: [host] })] })
    expect(claims(`${"victim2".repeat(8)}.onion`)).toBe(0.14)
    expect(claims("2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion")).toBe(0)
    expect(claims("expyuzz4wqqyqhjn.onion")).toBe(0)
  })
})

describe("inconstant mempool", () => {
  const mempool = (looks: number, switches: number, returns = 0) => evidenceOf(1, { mempools: [{ host: "a.example", port: 50002, looks, empty: 2, switches, returns }] })

  it("is one that goes and comes back more than once, the more the oftener", () => {
    expect([3, 4, 6, 9].map((switches) => read("inconstant mempool", mempool(10, switches)))).toEqual([0.25, 0.5, 1, 1])
  })

  it("is one that is gone and there again at one tip, be it small and seen on few connections", () => {
    expect([1, 2, 6].map((returns) => read("inconstant mempool", mempool(3, 0, returns)))).toEqual([0.25, 0.5, 1])
  })

  it("is not what a restart, a quiet hour or a node without any does", () => {
    expect([0, 1, 2].map((switches) => read("inconstant mempool", mempool(8, switches)))).toEqual([0, 0, 0])
  })

  it("is one that is missing when nearly everybody has one, and like theirs at another time; none ever, or a small one, is a way to run a node", () => {
    const at = (snapshots: number, absent: number, present: number) => read("inconstant mempool", evidenceOf(1, { absence: { snapshots, absent, present } }))
    expect([at(3, 1, 2), at(3, 2, 1)]).toEqual([0.25, 0.25])
    expect([at(3, 0, 3), at(3, 3, 0), at(3, 1, 0)]).toEqual([0, 0, 0])
    expect(at(1, 1, 0)).toMatch(/fewer than 2 snapshots/)
  })

  it("is not tested where it was not seen often enough", () => {
    for (const server of [evidenceOf(1), mempool(3, 2)]) expect(read("inconstant mempool", server)).toMatch(/on fewer than 4 connections/)
  })
})

describe("common control", () => {
  const fleetOf = (...serverIds: ReadonlyArray<number>): Relations => ({
    related: [],
    fleets: [{ clusterId: 7, serverIds, memberPosterior: new Map(serverIds.map((id) => [id, 0.99])) }]
  })

  it("is hidden where no member says so, and counts little", () => {
    const members = [1, 2, 3, 4].map((id) => evidenceOf(id))
    expect(readAll("hidden fleet", members)).toEqual({ 1: "operators were not looked for", 2: "operators were not looked for", 3: "operators were not looked for", 4: "operators were not looked for" })
    expect(readAll("hidden fleet", members, fleetOf(1, 2, 3))).toEqual({ 1: 0.22, 2: 0.22, 3: 0.22, 4: 0 })
  })

  it("is stated by a domain, by features or by a text of their own", () => {
    const with2 = (one: Partial<Parameters<typeof visitOf>[1]>, two: Partial<Parameters<typeof visitOf>[1]>, hosts = ["a.alpha.example", "b.beta.example"]) =>
      readAll("hidden fleet", [one, two].map((changes, i) => evidenceOf(i + 1, { visits: [visitOf(hosts[i]!, changes)] })), fleetOf(1, 2))
    expect(with2({}, {})).toEqual({ 1: 0.11, 2: 0.11 })
    expect(with2({}, {}, ["a.one.example", "b.one.example"])).toEqual({ 1: 0, 2: 0 })
    expect(with2({ banner: "One house" }, { banner: "One house" })).toEqual({ 1: 0, 2: 0 })
    expect(with2({ claimedHosts: ["a.alpha.example", "b.beta.example"] }, {})).toEqual({ 1: 0, 2: 0 })
  })

  it("is held against nobody who has no name in which it could be said: bare addresses, onions, providers' names", () => {
    const onion = (letter: string) => `${letter.repeat(56)}.onion`
    for (const hosts of [["198.51.100.7", "203.0.113.9"], ["2001:db8::1", "2001:db8::2"], [onion("a"), onion("b")], ["a.duckdns.org", "b.duckdns.org"]]) {
      const members = hosts.map((host, i) => evidenceOf(i + 1, { visits: [visitOf(host)] }))
      expect(readAll("hidden fleet", members, fleetOf(1, 2)), hosts[0]).toEqual({ 1: 0, 2: 0 })
    }
  })

  it("shows in deviations that strangers have exactly alike, never in stock behaviour", () => {
    const odd = (id: number, ...contradictions: ReadonlyArray<string>) => evidenceOf(id, { visits: [visitOf(`s${id}.own-${id}.example`, { contradictions })] })
    expect(readAll("identical deviations", [1, 2, 3, 4].map((id) => odd(id)))).toEqual({ 1: 0, 2: 0, 3: 0, 4: 0 })
    expect(readAll("identical deviations", [odd(1, "x"), odd(2, "x"), odd(3, "x"), odd(4, "x", "y")])).toEqual({ 1: 0.375, 2: 0.375, 3: 0.375, 4: 0 })
    expect(readAll("identical deviations", [odd(1, "x"), odd(2, "x")])).toEqual({ 1: 0, 2: 0 })
  })
})

describe("what is not measured", () => {
  it("is never a zero: logging, and uptime of who was not watched", () => {
    expect(read("logging", evidenceOf(1))).toBe("what a server writes down cannot be observed from outside")
    expect(read("perfect uptime", evidenceOf(1))).toBe("fewer than 20 observations")
    expect(read("perfect uptime", evidenceOf(1, { uptime: { share: 1, observations: 40, gap: null } }))).toBe(1)
  })
})
