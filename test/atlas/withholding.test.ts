import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { publicCrawl } from "../../src/atlas/public-atlas.ts"
import { edgesAmong } from "../../src/atlas/public-rows.ts"
import type { KnownCluster } from "../../src/atlas/read-clusters.ts"
import type { ServerRow } from "../../src/atlas/shapes/server-row.ts"
import { type HostFacts, scrubbed, scrubbedText, withheldSentence, withheldText, type WithholdingFacts, withholdingOf } from "../../src/atlas/withholding.ts"

const hostOf = (serverId: number | null, host: string, changes?: Partial<HostFacts>): HostFacts => ({
  serverId,
  host,
  networkClass: host.endsWith(".onion") ? "onion" : /^[\d.]+$/.test(host) ? "ipv4" : "name",
  endpoints: 1,
  endpointsReachable: 1,
  announced: true,
  addresses: [],
  joinedByClaims: false,
  ...changes
})

const factsOf = (hosts: ReadonlyArray<HostFacts>, changes?: Partial<WithholdingFacts>): WithholdingFacts => ({
  simulated: false,
  hosts,
  claims: [],
  joiningCertificates: new Set(),
  hasOptedOut: () => false,
  ...changes
})

const rowOf = (serverId: number, hosts: ReadonlyArray<string>, changes?: Partial<ServerRow>): ServerRow => ({
  serverId, host: hosts[0]!, hosts, networkClasses: ["name"], endpoints: hosts.length, endpointsReachable: 1, reachable: true, reason: null,
  confirmed: true, chain: null, software: "ElectrumX", implementation: null, versionRange: null, protocol: null, tipHeight: null, latencyMs: null,
  addresses: [], country: "DE", city: "Frankfurt", latitude: 50.1, longitude: 8.7, asn: null, org: null, cloud: null, tls: null, selfSigned: null, walletAccepts: null,
  namedBy: 0, names: 0, mutual: 0, core: null, clusterId: null, operatorPosterior: null, backendId: null, machineId: null,
  behaviourClusterId: null, communityId: null, score: 5, firstSeen: null, lastSeen: null, uptimeShare: null, uptimeObservations: null, notes: 2,
  ...changes
})

const clusterOf = (kind: string, serverIds: ReadonlyArray<number>, clusterId = 1): KnownCluster => ({
  serverIds,
  row: {
    clusterId, kind, statement: "probably one operator (p 0.98)", servers: serverIds.length, serversReachable: serverIds.length, posterior: 0.98,
    weakestLink: 0.98, evidence: null, hosts: [], countries: [], asns: [], implementations: [], mainProbability: null
  }
})

describe("what public outputs leave out", () => {
  it("shows no server that nobody announced publicly, and counts it", () => {
    const withholding = withholdingOf(factsOf([hostOf(1, "a.example.org"), hostOf(2, "secret.example.org", { announced: false })]))
    assert.deepStrictEqual([...withholding.servers], [2])
    assert.strictEqual(withholding.counts.servers, 1)
    const { byId, servers } = publicCrawl([rowOf(1, ["a.example.org"]), rowOf(2, ["secret.example.org"])], [], withholding)
    assert.deepStrictEqual(servers.map(({ serverId }) => serverId), [1])
    assert.isFalse(byId.has(2))
  })

  it("leaves out addresses that a server leaks by what it is bound to, whoever announced them", () => {
    const withholding = withholdingOf(factsOf([
      hostOf(1, "a.example.org", { addresses: ["34.90.1.3"] }),
      hostOf(1, "34.90.1.2", { announced: false }),
      hostOf(1, "192.168.1.20"),
      hostOf(null, "10.0.0.7")
    ]))
    const { servers } = publicCrawl([rowOf(1, ["10.0.0.7", "192.168.1.20", "34.90.1.2", "a.example.org"], { addresses: ["34.90.1.2", "34.90.1.3"] })], [], withholding)
    assert.deepStrictEqual([servers[0]!.host, servers[0]!.hosts, servers[0]!.addresses], ["a.example.org", ["a.example.org"], ["34.90.1.3"]])
    assert.strictEqual(withholding.counts.leakedHosts, 3)
    assert.strictEqual(
      scrubbedText("hosts: a.example.org, 34.90.1.2:50002, [fe80::1], 192.168.77.1 and ElectrumX 1.16.0", withholding.hosts),
      `hosts: a.example.org, ${withheldText}:50002, [${withheldText}], ${withheldText} and ElectrumX 1.16.0`
    )
  })

  it("finds them where letters stand against them: escapes of JSON in a raw reply, words before an address", () => {
    const hosts = new Set(["secret.example.org", "34.200.1.1"])
    const hidden = [
      "bound to\\n192.168.7.7", "\\tsecret.example.org", "\\u000asecret.example.org", "ip192.168.7.7", "at34.200.1.1", "v192.168.7.7x", "SECRET.example.org.", "\\n34.200.1.1:50002"
    ]
    const written = ["2a01:4f8:0:0::7", "2A01:4F8::7", "[2a01:4f8::7]:50002", "2a01:4f8::7: up", "at 2a01:4f8::7."]
    for (const text of written) assert.notMatch(scrubbedText(text, new Set(["2a01:4f8::7"])), /4f8/i, text)
    for (const text of hidden) assert.notMatch(scrubbedText(text, hosts), /secret|192\.168|34\.200/i, text)
    const international = ["ask bücher.example.", "BÜCHER.example:50002", "b\\u00fccher.example", "\"b\\u00fccher。example\"", "ようこそsecret.example.orgへ", "\\u0073ecret.example.org"]
    for (const text of international) assert.notMatch(scrubbedText(text, new Set([...hosts, "xn--bcher-kva.example"])), /cher|ecret/i, text)
    // As long as a banner may be, and without a full stop: from each character anew it would take minutes.
    for (const run of ["a", "f", "ü", "\\u0061", ":", "a."]) assert.isString(scrubbedText(run.repeat(262_144 / run.length), hosts))
    // What only looks alike stays.
    for (const text of ["bücher.example", "nsecret.example.org", "a.secret.example.orgs", "1.192.168.7.7", "192.168.7.7.8", "ElectrumX 1.16.0", "Fulcrum 2.1.0.10"]) {
      assert.strictEqual(scrubbedText(text, hosts), text)
    }
  })

  it("shows the addresses of simulated networks, which are nobody's", () => {
    assert.strictEqual(withholdingOf(factsOf([hostOf(1, "241.96.138.56")], { simulated: true })).counts.servers, 0)
    assert.strictEqual(withholdingOf(factsOf([hostOf(1, "241.96.138.56")])).counts.servers, 1)
  })

  it("shows cities and where they are of datacentres only, and no notes", () => {
    const withholding = withholdingOf(factsOf([hostOf(1, "a.example.org"), hostOf(2, "b.example.org")]))
    const { cities, servers } = publicCrawl([rowOf(1, ["a.example.org"], { cloud: "Hetzner" }), rowOf(2, ["b.example.org"])], [], withholding)
    assert.deepStrictEqual(
      servers.map(({ city, country, latitude, longitude, notes }) => [city, latitude, longitude, country, notes]),
      [["Frankfurt", 50.1, 8.7, "DE", 0], [null, null, null, "DE", 0]]
    )
    assert.strictEqual(cities, 1)
  })

  it("joins an onion with clearnet hosts only where claims do", () => {
    const onion = `${"a".repeat(56)}.onion`
    const apart = withholdingOf(factsOf([hostOf(1, "a.example.org"), hostOf(1, onion)]))
    assert.deepStrictEqual([[...apart.hosts], apart.counts.onionJoins], [[onion], 1])
    const claimed = withholdingOf(factsOf([hostOf(1, "a.example.org"), hostOf(1, onion, { joinedByClaims: true })]))
    assert.deepStrictEqual([[...claimed.hosts], claimed.counts.onionJoins], [[], 0])
    const alone = withholdingOf(factsOf([hostOf(1, onion)]))
    assert.deepStrictEqual([[...alone.hosts], alone.servers.size], [[], 0])
  })

  it("shows neither address nor place of a machine whose clearnet names only it gives away", () => {
    const onion = `${"a".repeat(56)}.onion`
    const withholding = withholdingOf(factsOf([
      hostOf(1, onion),
      hostOf(1, "home.example.org", { announced: false, joinedByClaims: true, addresses: ["34.90.1.2", "34.90.1.9"] }),
      hostOf(2, "b.example.org", { addresses: ["34.90.1.9"] })
    ]))
    const place = { asn: 64500, org: "A line", cloud: "A cloud", networkClasses: ["name", "onion"] }
    const { servers } = publicCrawl([
      rowOf(1, ["home.example.org", onion], { ...place, addresses: ["34.90.1.2", "34.90.1.9"] }),
      rowOf(2, ["b.example.org"], { ...place, addresses: ["34.90.1.9"] })
    ], [], withholding)
    assert.deepStrictEqual(
      servers.map(({ addresses, asn, city, cloud, country, hosts, latitude, longitude, networkClasses, org }) =>
        [hosts, networkClasses, addresses, country, city, latitude, longitude, asn, org, cloud]),
      [
        [[onion], ["onion"], [], null, null, null, null, null, null, null],
        [["b.example.org"], ["name"], ["34.90.1.9"], "DE", "Frankfurt", 50.1, 8.7, 64500, "A line", "A cloud"]
      ]
    )
    assert.deepStrictEqual([...withholding.hosts].toSorted(), ["34.90.1.2", "home.example.org"])
  })

  it("takes an onion out of a group with clearnet servers unless it and one of them claim each other", () => {
    const onion = `${"b".repeat(56)}.onion`
    const hosts = [hostOf(1, "a.example.org"), hostOf(2, "b.example.org"), hostOf(3, onion)]
    const rows = [rowOf(1, ["a.example.org"], { clusterId: 1 }), rowOf(2, ["b.example.org"], { clusterId: 1 }), rowOf(3, [onion], { clusterId: 1, operatorPosterior: 0.98 })]
    const membersWith = (claims: WithholdingFacts["claims"]) => {
      const { clusters, servers } = publicCrawl(rows, [clusterOf("operator", [1, 2, 3])], withholdingOf(factsOf(hosts, { claims })))
      return [clusters.map(({ row, serverIds }) => [serverIds, row.servers]), servers.map(({ clusterId }) => clusterId)]
    }
    assert.deepStrictEqual(membersWith([]), [[[[1, 2], 2]], [1, 1, null]])
    assert.deepStrictEqual(membersWith([{ serverId: 3, host: "a.example.org" }]), [[[[1, 2], 2]], [1, 1, null]])
    assert.deepStrictEqual(
      membersWith([{ serverId: 3, host: "a.example.org" }, { serverId: 1, host: onion }]),
      [[[[1, 2, 3], 3]], [1, 1, 1]]
    )
  })

  it("shows no server whose operator opted out, under none of its hosts, and nothing of the group that it is in", () => {
    const hosts = [1, 2, 3, 4].map((id) => hostOf(id, `host${id}.example.org`))
    const facts = factsOf([...hosts, hostOf(2, "other-name.example.org")], { hasOptedOut: (host) => host === "host2.example.org" })
    const rows = hosts.map(({ host, serverId }) => rowOf(serverId!, [host], { clusterId: serverId! < 4 ? 1 : null, backendId: 2 }))
    const withholding = withholdingOf(facts)
    const { clusters, servers } = publicCrawl(
      rows,
      [clusterOf("operator", [1, 2, 3]), clusterOf("shared infrastructure", [1, 2, 4], 2)],
      withholding
    )
    assert.deepStrictEqual(clusters.map(({ row, serverIds }) => [row.kind, serverIds]), [["shared infrastructure", [1, 4]]])
    assert.deepStrictEqual(servers.map(({ backendId, clusterId, serverId }) => [serverId, clusterId, backendId]), [[1, null, 2], [3, null, null], [4, null, 2]])
    assert.deepStrictEqual([...withholding.hosts], ["host2.example.org", "other-name.example.org"])
    assert.deepStrictEqual(withholding.counts, { servers: 0, leakedHosts: 0, onionJoins: 0, optedOutServers: 1 })
  })

  it("knows who opted out by an address too, and writes that nowhere unless somebody else is there", () => {
    const withholding = withholdingOf(factsOf([
      hostOf(1, "a.example.org", { addresses: ["34.90.1.1", "34.90.1.2"] }),
      hostOf(2, "b.example.org", { addresses: ["34.90.1.2"] }),
      hostOf(null, "only-announced.example.org", { addresses: ["34.90.1.1"] })
    ], { hasOptedOut: (_, addresses) => addresses.includes("34.90.1.1") }))
    assert.deepStrictEqual([...withholding.servers], [1])
    assert.deepStrictEqual([...withholding.hosts].toSorted(), ["34.90.1.1", "a.example.org", "only-announced.example.org"])
  })

  it("states what is left out, and nothing where nothing is", () => {
    const nothing = { servers: 0, leakedHosts: 0, onionJoins: 0, optedOutServers: 0 }
    assert.isNull(withheldSentence(nothing, 0))
    assert.strictEqual(
      withheldSentence({ ...nothing, servers: 2 }, 1),
      "Withheld here: 2 servers that nobody announces publicly; 1 city of a server whose address is in no known datacentre."
    )
  })

  it("lets no withheld host through, wherever it stands in a value", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.(example|test|onion)$/)
    fc.assert(fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 3 }), (hosts, texts) => {
      const hidden = new Set(hosts)
      const value = { deep: [{ text: [...texts, ...hosts.map((host) => `tcp://${host.toUpperCase()}:50001/ (${host})`)].join(" ") }], count: 3, hosts }
      const shown = JSON.stringify(scrubbed(value, hidden)).toLowerCase()
      for (const host of hosts) assert.notInclude(shown, ` ${host}`)
      for (const host of hosts) assert.notInclude(shown, `"${host}"`)
      assert.strictEqual(scrubbed(value, new Set()).count, 3)
    }))
  })

  it("never shows what it withholds, whatever is known of hosts", () => {
    const facts = fc.array(fc.record({
      serverId: fc.option(fc.integer({ min: 1, max: 6 })),
      place: fc.nat(11),
      announced: fc.boolean(),
      joinedByClaims: fc.boolean()
    }), { maxLength: 24 })
    const names = [...Array(6).keys()].flatMap((i) => [`host${i}.example.org`, `${String.fromCharCode(97 + i).repeat(56)}.onion`])
    fc.assert(fc.property(facts, fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(11)), { maxLength: 6 }), fc.nat(11), (drawn, claims, gone) => {
      const hosts = [...new Map(drawn.map(({ place, ...rest }) => [names[place]!, hostOf(rest.serverId, names[place]!, rest)])).values()]
      const withholding = withholdingOf(factsOf(hosts, {
        claims: claims.map(([serverId, place]) => ({ serverId, host: names[place]! })),
        hasOptedOut: (host) => host === names[gone]
      }))
      const ids = [...new Set(hosts.flatMap(({ serverId }) => serverId ?? []))].toSorted((a, b) => a - b)
      const rows = ids.map((id) => rowOf(id, hosts.filter(({ serverId }) => serverId === id).map(({ host }) => host), { clusterId: 1, operatorPosterior: 0.99 }))
      const shown = publicCrawl(rows, [clusterOf("operator", ids)], withholding)
      assert.strictEqual(shown.servers.length + withholding.counts.servers + withholding.counts.optedOutServers, ids.length)
      for (const row of shown.servers) {
        assert.isAbove(row.hosts.length, 0)
        assert.include(row.hosts, row.host)
        for (const host of row.hosts) assert.isFalse(withholding.hosts.has(host))
        for (const host of row.hosts) assert.isTrue(hosts.some((one) => one.host === host && one.announced))
      }
      for (const { serverIds } of shown.clusters) {
        assert.isFalse(serverIds.some((id) => withholding.servers.has(id) || withholding.optedOut.has(id)))
        const clearnet = serverIds.filter((id) => !withholding.isOnion(id))
        for (const id of serverIds) {
          if (withholding.isOnion(id) && clearnet.length > 0) assert.isTrue(clearnet.some((other) => withholding.mayJoin(id, other)))
        }
      }
    }))
  })

  it("keeps of the graph what leads from one shown server to another", () => {
    // 0 -> 1, 2; 1 -> 0; 2 -> 1
    const edges = { offsets: Uint32Array.of(0, 2, 3, 4), targets: Uint32Array.of(1, 2, 0, 1), shares: Uint8Array.of(10, 20, 30, 40), mutual: Uint8Array.of(1, 0, 1, 0) }
    const kept = edgesAmong(edges, (place) => place !== 1)
    assert.deepStrictEqual([[...kept.offsets], [...kept.targets], [...kept.shares]], [[0, 1, 1], [1], [20]])
  })
})
