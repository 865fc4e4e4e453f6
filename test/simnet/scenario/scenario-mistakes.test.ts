import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { errorIn, loadText } from "../../support/scenario-file.ts"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

const valid: Json = {
  name: "small", title: "small", chain: "mainnet-sim", seeds: ["a.test:50002:s"], round_trip_ms: [0, 1], jitter_ms: 0,
  hosting: { h: { org: "H", asn: 64500, country: "DE", blocks: ["240.7.0.0/16"] } },
  servers: [
    {
      id: "a", operator: "a", software: "Fulcrum 2.1.0", country: "DE", asn: 1,
      names: [{ host: "a.test", addresses: ["240.1.1.1"], tls: 50002 }]
    },
    {
      id: "b", operator: "b", software: "ElectrumX 1.18.0", country: "DE", asn: 1,
      names: [{ host: "b.test", addresses: ["240.2.1.1"], tcp: 50001 }]
    }
  ],
  fleets: [
    {
      name: "f", count: 3, operator: "f", software: "Fulcrum 2.1.0", hosting: "h",
      names: [{ host: "f{n}.test", tls: 50002 }]
    }
  ]
}

const onion = "nilskj6py4ahhriisfrq3cpuz6h4rg4dklekx6kp5l5ikdsqy7bxo5id.onion"

/** `servers[1].names[0].tcp` in parts. */
const partsOf = (path: string): ReadonlyArray<string> => [...path.matchAll(/\[([^\]]+)\]|[^.[\]]+/g)].map(([part, inside]) => inside ?? part)

const put = (json: Json, [key, ...rest]: ReadonlyArray<string>, value: Json): Json => {
  if (key === undefined) return value
  const copy = (Array.isArray(json) ? [...(json as ReadonlyArray<Json>)] : { ...(json as object) }) as Record<string, Json>
  copy[key] = put(copy[key] ?? {}, rest, value)
  return copy
}

const changed = (changes: { readonly [path: string]: Json }): Json =>
  Object.entries(changes).reduce<Json>((json, [path, value]) => put(json, partsOf(path), value), valid)

/** The line of the field, or of what it would be in, found by indentation. */
const lineOf = (text: string, path: string): number => {
  const lines = text.split("\n")
  let [first, last, depth] = [0, lines.length - 1, 0]
  for (const part of partsOf(path)) {
    depth++
    const indent = "  ".repeat(depth)
    const children = lines.flatMap((line, i) =>
      i > first && i <= last && line.startsWith(indent) && !line.startsWith(`${indent} `) && !/^\s*[\]}]/.test(line) ? [i] : []
    )
    const at = /^[0-9]+$/.test(part) && !lines[first]!.trimEnd().endsWith("{")
      ? children[Number(part)]
      : children.find((i) => lines[i]!.trimStart().startsWith(`"${part}":`))
    if (at === undefined) break
    last = (children.find((i) => i > at) ?? last + 1) - 1
    first = at
  }
  return first + 1
}

const b = "servers[1]"
const name = "servers[1].names[0]"
const fleetName = "fleets[0].names[0]"

/** What is changed, the field that is named (in place of the changed one), words of the sentence. */
type Row = readonly [changes: { readonly [path: string]: Json }, words: string, field?: string]

const rows: Readonly<Record<string, ReadonlyArray<Row>>> = {
  hosts: [
    [{ [`${name}.host`]: "b test\n" }, "is no host"],
    [{ [`${name}.host`]: "blockstream.info" }, "may be somebody's"],
    [{ [`${name}.host`]: "abc.onion", [`${name}.addresses`]: [] }, "is no onion service of version 3", `${name}.host`],
    [{ [`${name}.host`]: onion }, "is found without addresses", `${name}.addresses`],
    [{ [`${name}.host`]: "8.8.8.8" }, "is not nobody's"],
    [{ [`${name}.addresses`]: ["8.8.8.8"] }, "is not nobody's", `${name}.addresses[0]`],
    [{ [`${name}.addresses`]: ["8.8.8.8"], [`${b}.fails`]: "refused" }, "is not nobody's", `${name}.addresses[0]`],
    [{ [`${name}.addresses`]: ["127.0.0.1"] }, "is not nobody's", `${name}.addresses[0]`],
    [{ [`${name}.addresses`]: ["240.2.1.1", "nowhere"] }, "is no IP address", `${name}.addresses[1]`],
    [{ [`${name}.dead_addresses`]: ["zz"] }, "is no IP address", `${name}.dead_addresses[0]`],
    [{ [`${name}.dead_addresses`]: ["8.8.8.8"] }, "is not nobody's", `${name}.dead_addresses[0]`],
    [{ [`${b}.claims`]: ["?? ??"] }, "is no host", `${b}.claims[0]`],
    [{ public_suffixes: ["not a suffix!"] }, "is no host", "public_suffixes[0]"],
    [{ "seeds": ["f1.test:50002:s"] }, "no server listed in this file offers f1.test:50002:s", "seeds[0]"]
  ],
  ports: [
    [{ [`${b}.names`]: [{ host: "b.test", addresses: ["240.2.1.1"] }] }, "offers no port", name],
    [{ [`${name}.tls`]: 50001 }, "50001 is its tcp port already"],
    [{ [`${b}.names[1]`]: { host: "c.test", addresses: ["240.2.1.1"], tls: 50001 } }, "50001 is its tcp port already", `${b}.names[1].tls`],
    [{ [`${fleetName}.tls`]: { "70000": 1 } }, "70000 is no port", `${fleetName}.tls.70000`],
    [{ "fleets[0].names": [{ host: "f{n}.test" }] }, "offers no port", fleetName],
    [{ [`${fleetName}.tls`]: { none: 1 } }, "offers no port", fleetName],
    [{ [`${fleetName}.tls`]: { none: 1, "50002": 3 } }, "may be drawn no port", fleetName],
    [{ [`${fleetName}.tcp`]: { "50001": 1, "50002": 1 } }, "50002 may be its tcp port already", `${fleetName}.tls`]
  ],
  ranges: [
    [{ round_trip_ms: [40, 8] }, "goes from 40 down to 8"],
    [{ network: { vantages: [{ name: "x", address: "198.51.100.7" }], onion_ms: [400, 90] } }, "goes from 400 down to 90", "network.onion_ms"],
    [{ [`${b}.certificate.days_ago`]: [400, 60] }, "goes from 400 down to 60"]
  ],
  hosting: [
    [{ "hosting.h.blocks": ["240.7.0.0/33"] }, "no block of addresses", "hosting.h.blocks[0]"],
    [{ "hosting.h.blocks": ["8.8.0.0/16"] }, "is not nobody's", "hosting.h.blocks[0]"],
    [{ "hosting.h.blocks": ["240.0.0.0/3"] }, "is not nobody's", "hosting.h.blocks[0]"],
    [
      { "hosting.g": { org: "G", asn: 2, country: "US", blocks: ["240.7.0.0/16"] } },
      "is a block of hosting h too",
      "hosting.g.blocks[0]"
    ],
    [{ "hosting.h.blocks": ["240.7.0.0/16", "240.7.3.0/24"] }, "of the same hosting", "hosting.h.blocks[1]"],
    [{ "hosting.h.blocks": ["240.7.0.0/31"] }, "has room for 2 IPv4 addresses"],
    [{ "hosting.h.blocks": ["240.7.0.0/30"], "fleets[0].count": 300 }, "has room for 4 IPv4 addresses", "hosting.h.blocks"],
    [{ "hosting.h.blocks": ["240.1.1.0/30"], "fleets[0].count": 4 }, "up to 5 servers are there", "hosting.h.blocks"],
    [{ "fleets[0].hosting": "zz" }, "there is no hosting zz"],
    [{ "fleets[0].hosting": { h: 1, zz: 1 } }, "there is no hosting zz", "fleets[0].hosting.zz"],
    [{ [`${fleetName}.on`]: "ipv6" }, "hosting h has no IPv6 block", "fleets[0].hosting"]
  ],
  fleets: [
    [{ "fleets[0].operator": "{nonsense}" }, "there is no placeholder {nonsense}"],
    [{ [`${fleetName}.share`]: 0 }, "at least one name has to be for all servers"],
    [{ "fleets[0].count": 100_001 }, "100000"],
    [{ "fleets[0].alive": 2 }, "1"],
    [{ "fleets[0].failures": { sleepy: 1 } }, "sleepy", "fleets[0].failures.sleepy"],
    [{ "fleets[0].failures": { refused: -1 } }, "greater than 0", "fleets[0].failures.refused"],
    [{ "fleets[0].failures": { refused: 0 } }, "greater than 0", "fleets[0].failures.refused"],
    [{ "fleets[0].failures": {} }, "there is nothing to draw from"],
    [{ "fleets[0].software": {} }, "there is nothing to draw from"],
    [{ [`${fleetName}.host`]: "f.test" }, "is the same for many servers"],
    [{ [`${fleetName}.host`]: "{country}.test" }, "is the same for many servers"],
    [{ [`${fleetName}.host`]: "{onion}" }, "{onion} needs on: onion"],
    [{ [`${fleetName}.on`]: "onion" }, "is no onion service", `${fleetName}.host`],
    [{ [`${fleetName}.host`]: "{address6}" }, "{address6} needs on: ipv6 or dual"],
    [{ [`${fleetName}.host`]: "f {n}.test" }, "is no host"],
    [{ [`${fleetName}.host`]: "f{n}.example.org" }, "may be somebody's"],
    [{ [`${name}.host`]: "f2.test" }, "f2.test is another server's name already", `${fleetName}.host`]
  ],
  references: [
    [{ [`${b}.id`]: "a" }, "there are two servers a"],
    [{ [`${b}.id`]: "B" }, "B"],
    [{ [`${b}.key`]: "" }, "Expected a label"],
    [{ "fleets[0].lists": ["nobody-1"] }, "there is no server nobody-1", "fleets[0].lists[0]"],
    [{ [`${b}.relays`]: "zed" }, "there is no server zed"],
    [{ [`${b}.relays`]: "b" }, "b cannot relay itself"],
    [{ "fleets[0].relays": "f-2" }, "f-2 cannot relay itself"],
    [{ [`${b}.relays`]: "a", "servers[0].relays": "b" }, "b is no server of its own", "servers[0].relays"],
    [{ [`${b}.copies`]: "b" }, "b cannot copy itself"],
    [{ [`${b}.copies`]: "a", "servers[0].copies": "b" }, "b shows nothing of its own", "servers[0].copies"],
    [{ [`${b}.relays`]: "a", [`${b}.chain`]: "cash-sim" }, "a is on mainnet-sim, this one on cash-sim", `${b}.relays`],
    [{ [`${b}.relays`]: "a", [`${b}.lies`]: [{ lie: "withholds mempool" }] }, "it relays a", `${b}.lies`],
    [{ [`${b}.backend`]: "n", [`${b}.chain`]: "cash-sim", "servers[0].backend": "n" }, "the node n is on mainnet-sim", `${b}.backend`],
    [{ backends: { zz: {} } }, "no server asks the node zz", "backends.zz"],
    [{ servers: [] }, "no server listed in this file offers a.test", "seeds[0]"],
    [{ servers: [], fleets: [] }, "no server listed in this file offers a.test", "seeds[0]"]
  ],
  schedule: [
    [{ [`${b}.schedule.restarts`]: "0s" }, "0s is shorter than a second"],
    [{ [`${b}.schedule.uptime`]: { up: "0s", down: "1h" } }, "0s is shorter than a second", `${b}.schedule.uptime.up`],
    [{ [`${b}.schedule.uptime`]: { up: "1h", down: "0.5s" } }, "0.5s is shorter than a second", `${b}.schedule.uptime.down`],
    [{ [`${b}.schedule.upgrades`]: [{ at: "1h", software: "Foo 1" }] }, "is no software", `${b}.schedule.upgrades[0].software`],
    [
      { [`${b}.schedule.upgrades`]: [{ at: "1h", software: "Fulcrum 2.1.0" }] },
      "ElectrumX 1.18.0 cannot become Fulcrum 2.1.0",
      `${b}.schedule.upgrades[0].software`
    ],
    [
      { [`${b}.schedule.upgrades`]: [{ at: "2h", software: "ElectrumX 1.19.0" }, { at: "1h", software: "ElectrumX 1.20.0" }] },
      "is not after 2h",
      `${b}.schedule.upgrades[1].at`
    ],
    [{ outages: [{ asn: 99_999, at: "1h", for: "1h" }] }, "no server is in AS 99999", "outages[0].asn"],
    [{ outages: [{ country: "CH", at: "1h", for: "1h" }] }, "no server is in CH", "outages[0].country"],
    [{ outages: [{ machine: "zz", at: "1h", for: "1h" }] }, "there is no machine zz", "outages[0].machine"],
    [{ outages: [{ at: "1h", for: "1h" }] }, "needs asn, country or machine", "outages[0]"],
    [{ outages: [{ machine: "a", at: "1h", for: "0s" }] }, "0s is shorter than a second", "outages[0].for"]
  ],
  network: [
    [
      { network: { vantages: [{ name: "x", address: "198.51.100.7" }, { name: "x", address: "198.51.100.8" }] } },
      "there are two vantages x",
      "network.vantages[1].name"
    ],
    [{ network: { vantages: [{ name: "exit", address: "198.51.100.7" }] } }, "looks from a Tor exit", "network.vantages[0].name"],
    [{ network: { vantages: [{ name: "x", address: "nowhere" }] } }, "is no IP address", "network.vantages[0].address"],
    [{ network: { vantages: [{ name: "x", address: "8.8.8.8" }] } }, "may be somebody's", "network.vantages[0].address"]
  ],
  lies: [
    [{ [`${b}.lies`]: [{ lie: "hides histroy", script: "P2WPKH-2" }] }, "there is no such lie; there are low-work fork, hides history", `${b}.lies[0].lie`],
    [{ [`${b}.lies`]: [{ lie: "hides history", script: "P2WPKH-99" }] }, "is no address of mainnet-sim", `${b}.lies[0].script`],
    [{ [`${b}.lies`]: [{ lie: "silent", methods: ["server.ping", "foo.bar"] }] }, "no software has a method foo.bar", `${b}.lies[0].methods[1]`],
    [{ [`${b}.lies`]: [{ lie: "withholds mempool", to: { network: "onion" } }] }, "it has no name on onion", `${b}.lies[0].to.network`],
    [
      { [`${name}`]: { host: onion, tcp: 50001 }, [`${b}.lies`]: [{ lie: "withholds mempool", to: { network: "onion", tor: false } }] },
      "through Tor only",
      `${b}.lies[0].to.tor`
    ],
    [{ [`${b}.chain`]: "cash-sim", [`${b}.lies`]: [{ lie: "low-work fork" }] }, "cash-sim has no low-work fork", `${b}.lies[0].lie`],
    [{ [`${b}.traits`]: ["tls-stal"] }, "no trait", `${b}.traits[0]`]
  ],
  ledger: [
    [{ payments: [{ to: "bc1qxx", amount: 1000, height: 2000 }] }, "bc1qxx is no address of mainnet-sim", "payments[0].to"],
    [{ payments: [{ to: "P2WPKH-2", amount: 1000, height: 3 }] }, "3", "payments[0].height"],
    [{ payments: [{ to: "P2WPKH-2", amount: 1000, height: 2151 }] }, "2151", "payments[0].height"],
    [{ payments: [{ to: "P2WPKH-2", amount: 100_000, height: 2120, after_s: 5 }] }, "is for what is in the mempool only", "payments[0].after_s"],
    [{ chain: "mainnet" }, "mainnet"],
    [{ blocks: { gap_s: 1 } }, "10", "blocks.gap_s"]
  ],
  certificates: [
    [{ [`${b}.certificate.subject`]: "XX=foo" }, "XX=foo"],
    [{ [`${b}.certificate.subject`]: "C=Germany,CN=x" }, "C=Germany is no country of two capital letters"],
    [{ [`${b}.certificate.days`]: 0 }, "1"],
    [{ [`${b}.certificate`]: { days: 10, days_ago: 400 } }, "is longer ago than the 10 days that it lasts", `${b}.certificate.days_ago`],
    [{ [`${b}.certificate`]: { days: 10, days_ago: [5, 11] } }, "is longer ago than the 10 days that it lasts", `${b}.certificate.days_ago`],
    [{ "hosting.h.blocks": ["240.16.0.0/12"], "fleets[0].count": 20_001, "fleets[0].certificate.key_type": "rsa" }, "at most 20000 servers", "fleets[0].certificate.key_type"]
  ],
  software: [
    [{ [`${b}.software`]: "ElectrumX 99.99.99" }, "there is no ElectrumX 99.99.99"],
    [{ [`${b}.software`]: "ElectrumX banana" }, "is no software that is simulated"],
    [{ [`${b}.software`]: "Fulcrum 9.9" }, "there is no Fulcrum 9.9"],
    [{ [`${b}.software`]: "electrs/9.9.9" }, "there is no electrs/9.9.9"],
    [{ "fleets[0].software": { "Fulcrum 9": 1 } }, "there is no Fulcrum 9;", "fleets[0].software.Fulcrum 9"],
    [{ [`${b}.protocol_max`]: "abc" }, "is no protocol version"]
  ]
}

describe.each(Object.entries(rows))("a mistake in %s", (_, mistakes) => {
  it.effect.each(mistakes)("is named with file, line and field in one sentence: %j", ([changes, words, named]) =>
    Effect.gen(function*() {
      const field = named ?? Object.keys(changes)[0]!
      const text = JSON.stringify(changed(changes), null, 2)
      const error = yield* errorIn(text)
      expect(error.reason).toBe("bad scenario")
      const lines = error.message.split("\n")
      expect(lines).toEqual([expect.stringContaining(`broken.json:${lineOf(text, field)}: ${field}: `)])
      expect(lines[0]).toContain(words)
      expect(lines[0]!.length).toBeLessThan(field.endsWith("traits[0]") ? 4000 : 320)
    })
  )
})

describe("what only looks like a mistake", () => {
  it.effect.each([
    ["nothing is changed", {}],
    ["two servers share a name, as behind a balancer", { [name]: { host: "a.test", addresses: ["240.2.1.1"], tls: 50002 } }],
    ["two names lead to one port of one address", { [name]: { host: "b.test", addresses: ["240.1.1.1"], tls: 50002 } }],
    ["a name of a server that is not there leads to where nobody can be", { [`${b}.fails`]: "unreachable", [`${name}.addresses`]: ["127.0.0.1", "::1"] }],
    ["a payment is in the newest block", { payments: [{ to: "P2WPKH-2", amount: 1000, height: 2150 }] }],
    ["a fleet's drawn names might be somebody's", { [`${name}.host`]: "water.test", [`${fleetName}.host`]: "{word}.test" }],
    [
      "a narrow block within a wide one is another hosting's",
      { "hosting.g": { org: "G", asn: 2, country: "US", blocks: ["240.7.3.0/24"] } }
    ],
    ["a fleet fills its block to the last address", { "hosting.h.blocks": ["240.7.0.0/30"], "fleets[0].count": 4 }]
  ] as const)("is accepted: %s", ([, changes]) =>
    Effect.gen(function*() {
      expect((yield* loadText(JSON.stringify(changed(changes), null, 2), "small.json"))._tag).toBe("Success")
    })
  )
})
