import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { shippedChains } from "../../src/domain/chain.ts"
import { bannerText } from "../../src/domain/default-values.ts"
import { allDefaults, type DefaultEntry, DefaultKind, defaultOf, defaultSources, setByText } from "../../src/domain/defaults.ts"
import { parseHost } from "../../src/domain/host.ts"
import { readme } from "../support/readme.ts"

const defaults = allDefaults()
const sources = defaultSources()
const folder = fileURLToPath(new URL("../../src/domain/defaults/", import.meta.url))
const entryFiles = readdirSync(folder).filter((name) => name !== "sources.json")

const textOf = (entry: DefaultEntry): string => "value" in entry ? entry.value : "pattern" in entry ? entry.pattern : entry.sha256
const whoSets = (kind: DefaultKind, value: string): string | undefined => defaultOf(kind, value)?.set_by[0].what

/** One text for every pattern of the catalogue, as the named image shows it. */
const examples: ReadonlyArray<readonly [kind: DefaultKind, value: string, who: RegExp]> = [
  ["banner", "You are connected to an ElectrumX 1.16.0 server.", /^ElectrumX/],
  ["banner", "Connected to a Fulcrum 1.9.0 server", /^Fulcrum$/],
  ["banner", "Welcome to electrs 0.10.5 (Electrum Rust Server)!", /^romanz electrs/],
  ["banner", "Welcome to electrs-esplora 0.4.1", /^Blockstream/],
  ["banner", "Welcome to mempool-electrs 3.1.0-dev-a4b2f11", /^mempool/],
  ["banner", "Umbrel Electrs (0.11.1-patch.1)", /^Umbrel, app Electrs/],
  ["banner", "Umbrel v0.4.18", /^Umbrel up to/],
  ["banner", "Citadel v0.0.1", /^Citadel/],
  ["banner", "Welcome to electrs v0.10.6 - the Electrum Rust Server on your RaspiBlitz", /^RaspiBlitz/],
  ["banner", "Welcome to your RoninDojo v1.9.1 Electrs Server!", /^RoninDojo/],
  ["banner", "Welcome to your RoninDojo Electrs Server!", /^RoninDojo/],
  ["banner", [
    "Welcome to Electrum Personal Server 0.2.4",
    "",
    "Monitoring 1 deterministic wallets, in total 2000 addresses.",
    "",
    "Connected bitcoin node: /Satoshi:25.0.0/",
    "Uptime: 3 days, 1:02:03",
    "",
    "https://github.com/chris-belcher/electrum-personal-server",
    "",
    "Donate to help improve Electrum Personal Server:",
    "bc1qe74qzd256kxevq2gn7gmscs564lfk5tqrxqsuy",
    "",
    ""
  ].join("\n"), /^Electrum Personal Server/],
  ["banner", "⚡ Docker Electrs Server (v0.10.9) ⚡ ", /^Docker image wsouto/],
  ["banner", "Frigate 1.0.0\n/Satoshi:29.0.0/", /^Frigate/],
  ["banner line", "There are currently 412 public electrum servers.", /^electrumx-banner-updater/],
  ["banner line", "This server has 73 anonymous electrum connections.", /^electrumx-banner-updater/],
  ["banner line", "As of Sat Nov 21 10:00:02 UTC 2026 there are 41,203 transactions in the memory pool", /^electrumx-banner-updater/],
  ["banner line", "Last block: 7.3 minutes ago; current height: 925112", /^electrumx-banner-updater/],
  ["banner line", "Current exchange rate = 91234.50 USD/BTC; typical TX size = 168 bytes", /^electrumx-banner-updater/],
  ["banner line", "Estimated miner fee for confirmation in 6 blocks (1 hours) = 2.1 sat/B (352.8 sat or $0.322)", /^electrumx-banner-updater/],
  ["hosts shape", "mainnet: nothing", /^ElectrumX without REPORT_SERVICES/],
  ["host name", "ns3104364.ip-54-36-168.eu", /hoster/],
  ["certificate subject", "CN=localhost, O=lnd", /^nix-bitcoin/],
  ["certificate issuer", "CN=localhost, O=loop", /^nix-bitcoin/],
  ["certificate issuer", "CN=Caddy Local Authority - ECC Intermediate", /^Caddy/],
  ["certificate issuer", "C=US, O=Let's Encrypt, CN=R11", /^Let's Encrypt/],
  ["certificate name", `${"0123456789abcdef".repeat(2)}.${"fedcba9876543210".repeat(2)}.traefik.default`, /^Traefik/]
]

describe("the catalogue of defaults", () => {
  it("says of every entry who sets the value and in which file of which source that stands", () => {
    const ids = new Set(sources.map((source) => source.id))
    expect(ids.size).toBe(sources.length)
    for (const entry of defaults) {
      for (const by of entry.set_by) expect(ids, `${entry.kind} ${textOf(entry)}`).toContain(by.source)
    }
  })

  it("has no source that nothing was taken from, and none read before it was written", () => {
    const used = new Set(defaults.flatMap((entry) => entry.set_by.map((by) => by.source)))
    for (const source of sources) {
      expect(used).toContain(source.id)
      if ("committed" in source) expect(source.committed <= source.read, source.id).toBe(true)
    }
  })

  it("reads every file of its folder, and every entry gives its text in exactly one form", () => {
    const entries = entryFiles.flatMap((name) => JSON.parse(readFileSync(folder + name, "utf8")) as Array<Record<string, unknown>>)
    expect(entries.length).toBe(defaults.length)
    for (const entry of entries) {
      expect(Object.keys(entry).toSorted().join(), JSON.stringify(entry)).toMatch(/^kind,(?:set_by,value|pattern,set_by|set_by,sha256)$/)
    }
  })

  it("has nothing twice", () => {
    const keys = defaults.map((entry) => `${entry.kind} ${textOf(entry)}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it("is counted in the README as it is", () => {
    const rows = new Map(readme("src/domain").split("\n").flatMap((line) => {
      const cells = /^\| ([a-z ,]+) \| ([0-9, ]+) \| /.exec(line)
      if (cells === null) return []
      const counts = cells[2]!.split(", ").map(Number)
      return cells[1]!.split(", ").map((kind, i) => [kind, counts[i]] as const)
    }))
    for (const kind of DefaultKind.literals) {
      expect(rows.get(kind), kind).toBe(defaults.filter((entry) => entry.kind === kind).length)
    }
  })

  it("finds each of its values, in the form in which it is written there", () => {
    for (const entry of defaults.filter((it) => "value" in it)) {
      const value = textOf(entry)
      expect(defaultOf(entry.kind, entry.kind === "host name suffix" ? `anything.${value}` : value)).toBe(entry)
      if (entry.kind === "banner") expect(bannerText(value)).toBe(value)
      if (/^host name|^certificate name/.test(entry.kind)) expect(value.toLowerCase()).toBe(value)
    }
  })

  it("names ports and shapes of chains that exist, of transports that exist", () => {
    const chains = shippedChains.map((chain) => chain.name).join("|")
    const of = (kind: DefaultKind) => defaults.filter((entry) => entry.kind === kind && "value" in entry).map(textOf)
    expect(of("port").filter((text) => !new RegExp(`^(?:${chains}) (?:tcp|tls|ws|wss) [0-9]{2,5}$`).test(text))).toEqual([])
    expect(of("hosts shape").filter((text) => !new RegExp(`^(?:${chains}): (?:(?:name|onion|address|inner address)(?: (?:tcp|tls|ws|wss) [0-9]{2,5})+(?: \\+ |$))+$`).test(text))).toEqual([])
  })

  it("has every port that a chain calls its default", () => {
    for (const chain of shippedChains.filter((it) => ["mainnet", "testnet", "testnet4", "signet"].includes(it.name))) {
      for (const transport of ["tcp", "tls"] as const) {
        expect(defaultOf("port", `${chain.name} ${transport} ${chain.default_ports[transport]}`), chain.name).toBeDefined()
      }
    }
  })

  it("has hosts and suffixes that are hosts", () => {
    for (const entry of defaults.filter((it) => it.kind.startsWith("host name") && "value" in it)) {
      expect(parseHost(textOf(entry)), textOf(entry)).toMatchObject({ text: textOf(entry) })
    }
  })

  it("gives Fulcrum's author the same key in both forms of the address", () => {
    const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    const legacy = [..."1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N"].reduce((n, c) => n * 58n + BigInt(base58.indexOf(c)), 0n)
    const cash = [..."qplw0d304x9fshz420lkvys2jxup38m9symky6k028"].slice(0, 34)
      .reduce((n, c) => n * 32n + BigInt("qpzry9x8gf2tvdw0s3jn54khce6mua7l".indexOf(c)), 0n)
    // Base58check: key hash and four bytes of checksum; cashaddr: a version byte before, two bits of padding after.
    const hash = (legacy >> 32n).toString(16).padStart(40, "0")
    expect((cash >> 2n).toString(16).padStart(40, "0").slice(-40)).toBe(hash)
    const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest()
    expect(sha(sha(Buffer.from(`00${hash}`, "hex"))).subarray(0, 4).toString("hex")).toBe((legacy & 0xffffffffn).toString(16).padStart(8, "0"))
  })
})

describe("patterns of defaults", () => {
  const patterns = defaults.filter((entry) => "pattern" in entry)

  it("match what the images show", () => {
    for (const [kind, value, who] of examples) expect(whoSets(kind, value), value).toMatch(who)
  })

  it("each have an example here", () => {
    const matched = new Set(examples.map(([kind, value]) => defaultOf(kind, value)))
    for (const entry of patterns) expect(matched.has(entry), `${entry.kind} ${textOf(entry)}`).toBe(true)
  })

  it("are anchored on both sides: what stands around an example makes it another text", () => {
    for (const [kind, value] of examples) {
      for (const other of [`x ${value.trim()}`, `${value.trim()} x`, `x\n${value.trim()}`, `${value.trim()}\nx`]) {
        expect(defaultOf(kind, other), other).toBeUndefined()
      }
    }
  })

  it("have no choice outside of a group, which would loosen the anchors", () => {
    for (const entry of patterns) {
      let rest = textOf(entry).replaceAll(/\\./g, "").replaceAll(/\[[^\]]+\]/g, "")
      while (/\([^()]*\)/.test(rest)) rest = rest.replaceAll(/\([^()]*\)/g, "")
      expect(rest, textOf(entry)).not.toContain("|")
    }
  })

  it("do work linear in hostile texts", () => {
    const once = (length: number): number => {
      const started = performance.now()
      for (const [kind, value] of examples) {
        for (const start of [value, value.slice(0, value.length >> 1), value.replaceAll(/[0-9]/g, "9".repeat(40))]) {
          for (const filler of [start, "9", ".", " ", "\n", "a-", "9.9"]) {
            defaultOf(kind, `${start}${filler.repeat(length)}`.slice(0, length))
          }
        }
      }
      return performance.now() - started
    }
    const cost = (length: number): number => Math.min(once(length), once(length))
    // Quadratic work would make the longer texts 64 times as dear.
    expect(cost(16_000)).toBeLessThan(30 * cost(2_000))
  })
})

describe("what is a default", () => {
  it("is so whatever its line ends and surrounding space, where it is a banner", () => {
    expect(whoSets("banner", "Welcome to RustElectrum Server!\n")).toMatch(/^romanz electrs/)
    expect(whoSets("banner", "\r\nConnected to a Fulcrum 2.1.1 server  \r\n")).toBe("Fulcrum")
  })

  it("is so in drawn letters too, with any version below them", () => {
    const drawn = (fulcrum: string, core: string) => [
      "    ____      __",
      "   / __/_  __/ /___________  ______ ___",
      "  / /_/ / / / / ___/ ___/ / / / __ `__ \\",
      " / __/ /_/ / / /__/ /  / /_/ / / / / / /",
      "/_/  \\__,_/_/\\___/_/   \\__,_/_/ /_/ /_/",
      "",
      `server version: ${fulcrum}`,
      `bitcoind version: ${core}`
    ].join("\r\n")
    expect(whoSets("banner", drawn("1.9.1", "0.25.0"))).toMatch(/^RaspiBolt/)
    expect(whoSets("banner", drawn("2.1.1", "30.0.0"))).toMatch(/^RaspiBolt/)
    expect(defaultOf("banner", drawn("2.1.1", "30.0.0 of Bob"))).toBeUndefined()
  })

  it("is the key that Electrum Personal Server publishes, whoever shows it", () => {
    expect(whoSets("certificate", "4faf9b442395e5a3ec17763d6878666f011048d4afe1be3efb3a8fb7addf6a40")).toMatch(/^Electrum Personal Server/)
    expect(whoSets("public key", "aca5017e9a548886a996c12d33ab0690009b68d5a44e6a8b0bad7de48a833281")).toMatch(/^Electrum Personal Server/)
    // The hash of a certificate is none of a key.
    expect(defaultOf("public key", "4faf9b442395e5a3ec17763d6878666f011048d4afe1be3efb3a8fb7addf6a40")).toBeUndefined()
  })

  it("is a subject that many installers write, not one with a name of the operator's own", () => {
    expect(whoSets("certificate subject", "C=AU, ST=Some-State, O=Internet Widgits Pty Ltd")).toMatch(/openssl/)
    expect(whoSets("certificate subject", "C=XX, L=Default City, O=Default Company Ltd")).toMatch(/Fedora/)
    expect(whoSets("certificate subject", "O=Fulcrum, CN=fulcrum-server, C=US")).toBe("Dojo")
    expect(defaultOf("certificate subject", "C=AU, ST=Some-State, O=Internet Widgits Pty Ltd, CN=electrum.bob.example")).toBeUndefined()
    expect(defaultOf("certificate subject", "CN=localhost, O=Bob & Sons")).toBeUndefined()
    expect(defaultOf("certificate subject", "o=fulcrum")).toBeUndefined()
    expect(whoSets("certificate attribute", "O=Internet Widgits Pty Ltd")).toMatch(/openssl/)
    expect(whoSets("certificate attribute", "O=lnd autogenerated cert")).toBe("lnd")
    expect(defaultOf("certificate attribute", "CN=electrum.bob.example")).toBeUndefined()
  })

  it("is a port on the chain and transport it is meant for only", () => {
    expect(defaultOf("port", "testnet tls 60002")).toBeDefined()
    expect(defaultOf("port", "mainnet tls 60002")).toBeUndefined()
    expect(whoSets("port", "mainnet tcp 50002")).toMatch(/^Umbrel, app Fulcrum/)
    expect(defaultOf("port", "mainnet tls 50003")).toBeUndefined()
    expect(defaultOf("port", "mainnet tls 5000")).toBeUndefined()
  })

  it("is a name below a domain that anybody gets names from, not the domain and not one that ends alike", () => {
    expect(whoSets("host name suffix", "electrumx.ddns.net")).toBeDefined()
    expect(whoSets("host name suffix", "Fulcrum.Cryptohouse.DDNS.net")).toBeDefined()
    expect(whoSets("host name suffix", "22jumpstreet.mooo.com")).toMatch(/afraid/)
    expect(whoSets("host name suffix", "vmd128083.contaboserver.net")).toMatch(/hoster/)
    expect(whoSets("host name suffix", "ec2-1-2-3-4.us-west-2.compute.amazonaws.com")).toMatch(/hoster/)
    for (const other of ["ddns.net", "myddns.net", "electrum.notmooo.com", "mooo.com.example", "net", ""]) {
      expect(defaultOf("host name suffix", other), other).toBeUndefined()
    }
  })

  it("is the onion of Fulcrum's sample, which a copied file claims", () => {
    expect(whoSets("host name", "aykwhy6o2o4ixushlonpjooqv73fwx7jqgoreiknnqxuqv4dwffmb7qd.onion")).toMatch(/^Fulcrum's sample/)
    expect(defaultOf("host name", `${"b".repeat(56)}.onion`)).toBeUndefined()
    expect(defaultOf("host name", "bob.ip-54-36-168.example")).toBeUndefined()
  })

  it("is an empty donation address, and the developers' own, not anybody else's", () => {
    expect(whoSets("donation address", "")).toBe("ElectrumX")
    expect(whoSets("donation address", "1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N")).toMatch(/^Fulcrum/)
    expect(defaultOf("donation address", "1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6n")).toBeUndefined()
    expect(defaultOf("donation address", " ")).toBeUndefined()
  })

  it("is no banner that says more, or is of another program", () => {
    for (const banner of [
      "",
      "Connected to a Fulcrum 2.1.1 server\nRun by Bob",
      "Connected to a Fulcrum server",
      "Connected to a Fulcrum 2.1.1 server!",
      "You are connected to an ElectrumX 1.16.0 server",
      "Welcome to ElectrsCash 3.1.1 (Electrum Rust Server)!",
      "welcome to electrum!",
      "Umbrel Electrs ()",
      "Umbrel v of Bob"
    ]) expect(defaultOf("banner", banner), banner).toBeUndefined()
  })

  it("is nothing as long as a book", () => {
    expect(defaultOf("banner", `Welcome to Electrum!${" ".repeat(19_000)}`)).toBeDefined()
    expect(defaultOf("banner", `Welcome to Electrum!${" ".repeat(20_000)}`)).toBeUndefined()
  })

  it("is the same value for one kind only", () => {
    expect(defaultOf("banner", "Current exchange rate = 1 USD/BTC; typical TX size = 168 bytes")).toBeUndefined()
    expect(defaultOf("certificate validity", "mainnet tls 50002")).toBeUndefined()
    expect(defaultOf("certificate validity", "3650")).toBeDefined()
    expect(defaultOf("certificate validity", "3651")).toBeUndefined()
  })

  it("is never a text that nobody wrote into the catalogue", () => {
    fc.assert(fc.property(fc.constantFrom(...new Set(defaults.map((entry) => entry.kind))), fc.string({ unit: "grapheme", minLength: 1 }), (kind, text) => {
      // 16 hex digits in front: no entry looks like that.
      expect(defaultOf(kind, `0f1e2d3c4b5a6978 ${text}`)).toBeUndefined()
    }))
  })

  it("is said in words: who sets it first, and how many others", () => {
    const entry = (kind: DefaultKind, value: string) => defaultOf(kind, value)!
    expect(setByText(entry("banner", "Electrs on Citadel"))).toBe("Citadel, app electrs")
    expect(setByText(entry("certificate subject", "O=ElectrumX"))).toBe("Docker image lukechilds/electrumx and 2 others")
    expect(setByText(entry("public key", "aca5017e9a548886a996c12d33ab0690009b68d5a44e6a8b0bad7de48a833281"))).not.toMatch(/other/)
    expect(setByText(entry("banner", "Welcome to Electrum!"))).toBe("electrum-server and 1 other")
    expect(setByText(entry("certificate subject", "O=Fulcrum"))).toBe("Fulcrum's Docker image and 4 others")
  })
})
