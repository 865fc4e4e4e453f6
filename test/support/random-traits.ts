import * as fc from "fast-check"
import type { PresentedCertificate, ServerTraits, SnapshotTraits, WatchTraits, WrittenText } from "../../src/analysis/traits/server-traits.ts"
import { addressOf, presentedAt, snapshotTraits, traitsOf, writtenText } from "./server-traits.ts"

/** Few values, so that two random servers often have one in common. */
const hosts = [
  "e1.quarry.example", "e2.quarry.example", "granite-quarry.example", "granite-mill.org", "electrum.granite.net",
  "a.ddns.net", "b.ddns.net", "34.90.1.2", "34.90.1.77", "2a01:4f8:1:2::3", "2a01:4f8:1:9::3",
  `${"a".repeat(56)}.onion`, `${"b".repeat(56)}.onion`
]

const host = fc.constantFrom(...hosts)
const some = <A>(value: fc.Arbitrary<A>) => fc.uniqueArray(value, { maxLength: 3 })
const maybe = <A>(value: fc.Arbitrary<A>) => fc.option(value, { nil: null })
const start = Date.UTC(2026, 2, 3, 4, 5, 6)

/** The same certificate says the same wherever it is shown. */
const issued = [0, 20_000, 400_000, 1_500_000, null].flatMap((ms, n) =>
  [["e1.quarry.example"], ["*.quarry.example", "34.90.1.77"], ["granite-mill.org", "e2.quarry.example"]].map((names, i) => ({
    names,
    sha256: `certificate ${n} ${i}`,
    spkiSha256: `key ${n}`,
    subject: `CN=${names[0]}`,
    selfSigned: i !== 2,
    validFrom: ms === null ? null : start + ms,
    template: [null, "O=Quarry, CN={host}", "O=Mill"][n % 3]!,
    isDefault: n === 1 && i === 0
  })))

const certificate: fc.Arbitrary<PresentedCertificate> = fc
  .record({ at: host, facts: fc.constantFrom(...issued), trusted: fc.boolean(), sni: fc.boolean(), claimsOwn: fc.boolean(), claimed: some(host) })
  .map(({ at, claimed, claimsOwn, facts, sni, trusted }) =>
    presentedAt(at, { ...facts, claimed: claimsOwn ? [at] : claimed, trusted: trusted && !facts.selfSigned, sni: sni ? at : null }))

const text: fc.Arbitrary<WrittenText> = fc.record({ raw: fc.constantFrom("Stone upon stone", "Flour"), isDefault: fc.boolean() })
  .map(({ isDefault, raw }) => writtenText(raw, { isDefault }))

/** What one of a few nodes shows in one snapshot. */
const shownBy = (node: number, snapshotId: number, changes: Partial<SnapshotTraits>): SnapshotTraits => {
  const bins = [40, 21, 13, 8, 5, 2].map((rate, i) => [rate, 100_000 + 7_919 * (i + snapshotId) + 31 * node] as const)
  return snapshotTraits(snapshotId, [1, 2, 3, 4, 5, 6].map((target) => (600 * node + 97 * snapshotId + 400 / target) / 1e8), {
    histogram: bins,
    histogramText: JSON.stringify(bins),
    ...changes
  })
}

const snapshots = fc.subarray([1, 2, 3, 4]).chain((ids) =>
  fc.tuple(...ids.map((id) =>
    fc.record({ node: fc.constantFrom(1, 1, 2, 3), quiet: fc.boolean(), histogramChance: fc.constantFrom(2e-4, 2e-4, 0.01, 1), tipHash: fc.constantFrom("a", "a", "b") })
      .map(({ node, quiet, ...rest }) => shownBy(node, id, { ...rest, ...(quiet ? { tellingTargets: new Map([[1, 0.01]]) } : {}) })))))

/** Residuals of a few nodes, each server's a little aside. */
const tipResiduals = fc.record({ node: fc.constantFrom(1, 2, 3), aside: fc.array(fc.integer({ min: -99, max: 99 }), { maxLength: 40, size: "max" }) })
  .map(({ aside, node }) => new Map(aside.map((ms, i) => [`block ${i}`, ms + 1_000 * Math.sin(node * i)])))

const watch: fc.Arbitrary<WatchTraits> = fc.record({
  from: fc.constant(start - 86_400_000),
  to: fc.constant(start + 86_400_000),
  software: fc.constantFrom([], [{ text: "Fulcrum 1.12.0", first: start - 80_000_000, last: start }]),
  changes: fc.array(fc.integer({ min: 0, max: 3_600_000 }).map((ms) => ({ at: start + ms, before: "Fulcrum 1.12.0", after: "Fulcrum 2.1.0" })), { maxLength: 2 })
    .map((changes) => changes.toSorted((x, y) => x.at - y.at)),
  rareTips: fc.uniqueArray(fc.constantFrom("fork 1", "fork 2", "fork 3"), { maxLength: 2 }).map((tips) => new Set(tips)),
  tipResiduals,
  events: fc.array(fc.record({
    at: fc.integer({ min: 0, max: 600_000 }).map((ms) => start + ms),
    kind: fc.constantFrom("went silent", "came back"),
    baseRate: fc.constantFrom(0.001, 0.01)
  }), { maxLength: 6 }).map((events) => events.toSorted((x, y) => x.at - y.at))
})

/** Lists drawn from one of five parts of what there is to name. */
const peers = fc.tuple(fc.constantFrom(0, 200, 400, 600, 800), fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 20, size: "max" }), fc.boolean())
  .map(([part, all, another]) => new Map([...all.map((id) => id + part), ...(another ? [1, 2] : [])].map((id) => [id, 1])))

/** Servers of which anything may be known or unknown, and anything in common with the next. */
export const randomTraits = (serverId: number): fc.Arbitrary<ServerTraits> =>
  fc.record({
    hosts: some(host),
    addresses: some(fc.constantFrom("34.90.1.2", "34.90.1.77", "2a01:4f8:1:2::3", "2a01:4f8:1:9::3")).map((all) =>
      all.map((address) => addressOf(address, { asn: address.length % 2, cloud: "Hetzner" }))),
    certificates: fc.array(certificate, { maxLength: 3 }),
    banner: maybe(text),
    donation: maybe(text),
    claimedHosts: some(host).map((all) => all.map((it) => ({ host: it, tcpPort: null, tlsPort: 50_002 }))),
    hostsShape: maybe(fc.constantFrom("mainnet: name tls 51234", "mainnet: onion tcp 51234")),
    implementation: maybe(fc.constantFrom("ElectrumX", "Fulcrum")),
    releases: maybe(fc.constantFrom({ since: "1.16", before: "1.17" }, { since: "1.18", before: null })),
    fingerprintHash: maybe(fc.constantFrom("1 aa", "1 bb")),
    proxy: maybe(some(fc.constantFrom("TLS, which romanz electrs cannot speak"))),
    snapshots,
    relayFee: maybe(fc.constantFrom(0.00001, 0.00002, 0.000037)),
    peers,
    listsItself: maybe(fc.boolean()),
    peersAsked: maybe(fc.constant(1)),
    unusualPorts: some(fc.constantFrom("tls 51234", "tcp 443")),
    watch: maybe(watch)
  }).map((some) => ({ ...some, hosts: [...new Set([...some.hosts, ...some.certificates.map(({ host: at }) => at)])] })).map((changes) => traitsOf(serverId, {
    ...changes,
    endpoints: changes.hosts.map((it) => ({ host: it, port: 50_002, transport: "tls" }))
  }))
