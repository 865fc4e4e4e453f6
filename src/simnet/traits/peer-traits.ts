import type { SeededRandom } from "../draw/random.ts"
import type { Trait } from "../server/trait.ts"
import { answering, changing } from "./answering.ts"
import { pump } from "./pump.ts"

type Entries = ReadonlyArray<unknown>

const method = "server.peers.subscribe"

/** Entries before the honest ones. */
const adding = (entries: Entries): Pick<Trait, "result"> =>
  changing<Entries>(method, (honest) => [...entries, ...honest])

/** Entries instead of the honest ones. */
const drawn = (entries: (random: SeededRandom) => Entries): Pick<Trait, "result"> =>
  answering(method, (_, { model }) => JSON.stringify(entries(model.random.fork("peers"))))

const base32 = "abcdefghijklmnopqrstuvwxyz234567"

/** Entries of every wrong shape seen or imagined. */
const odd: Entries = [
  [],
  ["240.9.0.1"],
  ["240.9.0.2", "two.odd.test"],
  ["240.9.0.3", "four.odd.test", ["v1.4", "s50002"], "more"],
  { ip: "240.9.0.4", host: "object.odd.test" },
  "240.9.0.5 string.odd.test v1.4 s50002",
  null,
  42,
  [1, 2, 3],
  ["240.9.0.6", null, ["v1.4", "s50002"]],
  ["240.9.0.7", "features.odd.test", "v1.4 s50002"],
  ["240.9.0.8", "types.odd.test", [1.4, 50002, null, {}]],
  ["240.9.0.9", "noport.odd.test", ["v1.4"]],
  ["240.9.0.10", "zero.odd.test", ["v1.4", "s0", "t65536"]],
  ["240.9.0.11", "letters.odd.test", ["v1.4", "sxyz", "t-1"]],
  ["240.9.0.12", "bare.odd.test", ["v1.4", "s", "t", "p10"]],
  ["240.9.0.13", "unknown.odd.test", ["v1.4", "w50003", "q", "", "s50002"]],
  ["240.9.0.14", "version.odd.test", ["v", "v1.4.2.1.1.9", "v99", "s50002"]],
  ["240.9.0.15", "UPPER.Odd.TEST.", ["v1.4", "s50002"]],
  ["240.9.0.16", "http://url.odd.test/", ["v1.4", "s50002"]],
  ["240.9.0.17", "port.odd.test:50002", ["v1.4", "s50002"]],
  ["240.9.0.18", "münchen.odd.test", ["v1.4", "s50002"]],
  ["240.9.0.19", "a b.odd.test", ["v1.4", "s50002"]],
  ["240.9.0.20", "\u001b[2Jescape.odd.test", ["v1.4", "s50002"]],
  ["240.9.0.21", "x".repeat(300), ["v1.4", "s50002"]],
  ["240.9.0.22", "h".repeat(100_000), ["v1.4", "s50002"]],
  ["[2001:db8::1]", "[2001:db8::1]", ["v1.4", "s50002"]],
  ["2001:db8::zz", "2001:db8::zz", ["v1.4", "s50002"]],
  ["999.1.1.1", "999.1.1.1", ["v1.4", "s50002"]],
  ["0x7f.1", "0x7f.1", ["v1.4", "s50002"]],
  ["expyuzz4wqqyqhjn.onion", "expyuzz4wqqyqhjn.onion", ["v1.4", "t50001"]],
  ["240.9.0.23", "localhost", ["v1.4", "s50002"]],
  ["240.9.0.24", "printer.local", ["v1.4", "s50002"]],
  [["240.9.0.25"], ["nested.odd.test"], [["v1.4"], ["s50002"]]]
]

const notPublic: Entries = [
  "127.0.0.1",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "fc00::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001::1",
  "ff02::1"
].flatMap((address, i) => [
  [address, address, ["v1.4", "s50002", "t22"]],
  [address, `private${i}.rebind.test`, ["v1.4", "s50002"]]
])

/** Entries of a long list, a thousand at a time. */
const manyEntries = (count: number): (() => string | null) => {
  let entry = 0
  return () => {
    if (entry >= count) return null
    const entries: Array<string> = []
    for (let i = 0; i < 1000; i++, entry++) {
      const address = `240.${20 + (entry >> 16)}.${(entry >> 8) & 255}.${entry & 255}`
      entries.push(`["${address}","${address}",["v1.4","s50002"]]`)
    }
    return `${entry > 1000 ? "," : ""}${entries.join(",")}`
  }
}

/** What peer lists say. */
export const peerTraits = {
  "million-peers": {
    title: "answers a peer list of a million entries",
    line: (text, request, session) => {
      if (request.method !== method) return undefined
      const [before, after] = session.envelope.result(request.id, '"@"').split('"@"') as [string, string]
      session.outgoing.takeOver((socket, release) => {
        socket.write(`${before}[`)
        pump(socket, manyEntries(1_000_000), () => {
          socket.write(`]${after}\n`)
          release()
        })
      })
      return null
    }
  },
  "non-list-peers": { title: "answers an object for its peer list", ...answering(method, '{"peers":[]}') },
  "string-peers": { title: "answers a text for its peer list", ...answering(method, '"none"') },
  "odd-peers": {
    title: "lists entries of wrong lengths, types, ports, hosts and sizes before the honest ones",
    ...adding(odd)
  },
  "private-peers": {
    title: "lists loopback, private, link-local and other addresses that are nobody's business",
    ...adding(notPublic)
  },
  "invented-peers": {
    title: "lists 300 names that nobody runs, all on its own address, and nobody else",
    ...drawn((random) =>
      Array.from({ length: 300 }, (_, i) => [
        "240.66.6.6",
        `${random.bytes(4).toString("hex")}.sybil${i % 7}.test`,
        ["v1.4.3", "s50002", "t50001"]
      ])
    )
  },
  "onion-swarm": {
    title: "lists 300 onion services that nobody runs",
    ...drawn((random) =>
      Array.from({ length: 300 }, () => {
        const onion = `${Array.from({ length: 56 }, () => base32[random.integer(0, 31)]).join("")}.onion`
        return [onion, onion, ["v1.4.3", "t50001"]]
      })
    )
  },
  "many-ports": {
    title: "lists one host with 1,000 different ports",
    ...adding(Array.from({ length: 1000 }, (_, i) => ["240.66.7.7", "ports.sybil.test", ["v1.4", `s${2000 + i}`]]))
  },
  "repeated-peers": {
    title: "lists one entry 5,000 times",
    ...adding(Array.from({ length: 5000 }, () => ["240.66.8.8", "again.sybil.test", ["v1.4", "s50002"]]))
  },
  "whole-block-peers": {
    title: "lists every address of a /24",
    ...adding(Array.from({ length: 254 }, (_, i) => [`240.66.9.${i + 1}`, `240.66.9.${i + 1}`, ["v1.4.3", "s50002"]]))
  },
  "many-names": {
    title: "lists 500 names below one domain, all on one address",
    ...adding(Array.from({ length: 500 }, (_, i) => ["240.66.10.1", `n${i}.wildcard.test`, ["v1.4.3", "s50002"]]))
  },
  "many-spellings": {
    title: "lists one host in 64 spellings",
    ...adding(
      Array.from({ length: 64 }, (_, i) => [
        "240.66.11.1",
        [..."spell.test"].map((c, at) => ((i >> at % 6) & 1 ? c.toUpperCase() : c)).join("") + (i & 1 ? "." : ""),
        ["v1.4.3", "s50002"]
      ])
    )
  },
  "absurd-versions": {
    title: "lists hosts with versions that no program has",
    ...adding(
      ["v99", "v0", "v-1", "v1.4.3.2.1.0", `v${"9".repeat(5000)}`, "v1e9", "v1,4", "v\u0661.4", "v"].map((version, i) => [
        `240.66.12.${i + 1}`,
        `version${i}.absurd.test`,
        [version, "s50002"]
      ])
    )
  },
  "markup-peers": {
    title: "lists hosts of HTML, terminal escapes and direction marks",
    ...adding(
      ["<script>alert(1)</script>.test", "\u001b]0;title\u0007.test", "\u202etset.live.test", "a\u0000b.test", "%00.test"].map(
        (host, i) => [`240.66.13.${i + 1}`, host, ["v1.4.3", "s50002"]]
      )
    )
  },
  "moving-port": {
    title: "lists itself at another port whenever it is asked",
    ...changing<Entries>(method, (honest, { model }) => [
      ...honest,
      ["240.66.14.1", model.names[0]!.host, ["v1.4.3", `s${model.random.integer(1025, 65_000)}`]]
    ])
  }
} as const satisfies Readonly<Record<string, Trait>>
