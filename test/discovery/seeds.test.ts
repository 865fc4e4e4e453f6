import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { describe, expect, it } from "vitest"
import { type Chain, shippedChains } from "../../src/domain/chain.ts"
import { ownRules, strangersRules } from "../../src/discovery/claim.ts"
import { parseSeedLine, parseSeedText } from "../../src/discovery/seed-grammar.ts"
import { seedsOfFile, seedsOfFlags, shippedSeeds } from "../../src/discovery/seeds.ts"

const chain = (name: string): Chain => shippedChains.find((chain) => chain.name === name)!
const mainnet = chain("mainnet")
const ports = mainnet.default_ports
const line = (text: string) => parseSeedLine(text, ports, ownRules)

describe("lines of a seed list", () => {
  it.each([
    ["e.example.org:50002:s", "e.example.org", [["tls", 50002]]],
    ["e.example.org:50001:t", "e.example.org", [["tcp", 50001]]],
    ["  E.Example.org:443:s  ", "e.example.org", [["tls", 443]]],
    ["[2a02::1]:50002:s", "2a02::1", [["tls", 50002]]],
    ["e.example.org", "e.example.org", [["tcp", 50001], ["tls", 50002]]],
    ["2a02::1", "2a02::1", [["tcp", 50001], ["tls", 50002]]],
    ["34.90.1.2", "34.90.1.2", [["tcp", 50001], ["tls", 50002]]],
    ["e.example.org:50002", "e.example.org", [["tls", 50002]]],
    ["e.example.org:50001", "e.example.org", [["tcp", 50001]]],
    ["e.example.org v1.4 s50002 t50001", "e.example.org", [["tcp", 50001], ["tls", 50002]]],
    ["e.example.org s t", "e.example.org", [["tcp", 50001], ["tls", 50002]]],
    ["umbrel:50001:t", "umbrel", [["tcp", 50001]]],
    ["localhost:50001:t", "localhost", [["tcp", 50001]]],
    ["127.0.0.1:50001:t", "127.0.0.1", [["tcp", 50001]]],
    ["[\"34.90.1.2\", \"e.example.org\", [\"v1.4\", \"s50002\"]]", "e.example.org", [["tls", 50002]]]
  ])("read %s", (text, host, services) => {
    expect(line(text)).toMatchObject({
      host,
      services: services.map(([transport, port]) => ({ transport, port })),
      problem: null
    })
  })

  it.each([
    ["e.example.org:50003", "no usable port"],
    ["e.example.org:0:s", "no usable port"],
    ["e.example.org:99999:s", "no usable port"],
    ["e.example.org:50002:q", "no usable port"],
    ["e.example.org:port:s", "no usable port"],
    ["https://e.example.org/", "bad host"],
    ["e_@example.org", "bad host"],
    ["[\"broken", "bad host"],
    ["x".repeat(5000), "too long"]
  ])("keep %j with its problem", (text, problem) => {
    expect(line(text)).toMatchObject({ problem, services: [] })
    expect(line(text).raw).toBe(text.slice(0, 4096))
  })

  it("refuse local and private hosts in lists that are not the user's", () => {
    expect(parseSeedLine("umbrel.local:50001:t", ports, strangersRules).problem).toBe("bad host")
    expect(parseSeedLine("127.0.0.1:50001:t", ports, strangersRules)).toMatchObject({
      problem: "address not public",
      services: []
    })
  })
})

describe("formats of a seed list", () => {
  it("are told apart by content", () => {
    const read = (text: string) => parseSeedText(text, ports, ownRules)
    expect(read("# mine\n\na.example.org:50002:s\r\nb.example.org\n")).toMatchObject({
      format: "lines",
      advertisements: [{ host: "a.example.org" }, { host: "b.example.org" }]
    })
    expect(read("[2a02::1]:50002:s\nb.example.org")).toMatchObject({ format: "lines", advertisements: [{}, {}] })
    expect(read("[[\"1.2.3.4\", \"a.example.org\", [\"s\"]], 7]")).toMatchObject({
      format: "peer entries",
      advertisements: [{ host: "a.example.org" }, { problem: "not a list" }]
    })
    expect(read("[\"1.2.3.4\",\n \"a.example.org\",\n [\"s\"]]")).toMatchObject({
      advertisements: [{ host: "a.example.org", problem: null }]
    })
    expect(read("[\"a.example.org:50002:s\", \"b.example.org\"]")).toMatchObject({ advertisements: [{}, {}] })
    expect(read("{ broken")).toBeUndefined()
  })

  it("include the wallet's servers.json, odd values and all", () => {
    const read = parseSeedText(
      JSON.stringify({
        "a.example.org": { pruning: "-", s: "50002", t: "50001", version: "1.4" },
        "b.example.org": { s: 443, t: null, pruning: "1000" },
        "c.example.org": { s: "abc", t: "70000", version: 7 },
        "d.example.org": "50002",
        "e.example.org:50002": { s: "50002" }
      }),
      ports,
      strangersRules
    )
    expect(read).toMatchObject({
      format: "wallet servers.json",
      advertisements: [
        {
          raw: "{\"a.example.org\":{\"pruning\":\"-\",\"s\":\"50002\",\"t\":\"50001\",\"version\":\"1.4\"}}",
          versionText: "1.4",
          services: [{ transport: "tcp", port: 50001 }, { transport: "tls", port: 50002 }],
          pruning: null,
          problem: null
        },
        { services: [{ transport: "tls", port: 443 }], pruning: 1000 },
        { problem: "no usable port", notes: ["bad port \"t \\\"70000\\\"\"", "bad port \"s \\\"abc\\\"\""] },
        { problem: "wrong types" },
        { problem: "bad host" }
      ]
    })
  })

  it("are bounded in entries, the excess is counted", () => {
    const read = parseSeedText("a.example.org\n".repeat(50_010), ports, ownRules)!
    expect(read.advertisements).toHaveLength(50_000)
    expect(read.dropped).toBe(10)
  })
})

describe("the lists that ship", () => {
  it.each([["mainnet", 84, 79, 58], ["testnet", 9, 0, 0], ["testnet4", 7, 0, 0], ["signet", 3, 0, 0]])(
    "parse completely: %s has %i servers",
    (name, count, tls, tcp) => {
      const { list } = shippedSeeds(chain(name))!
      expect(list.source.kind).toBe("list")
      expect(list.source.detail).toMatch(/^commit [0-9a-f]{40}, 2026-/)
      expect(list.advertisements).toHaveLength(count)
      expect(list.advertisements.filter((a) => a.problem !== null || a.notes.length > 0)).toEqual([])
      if (tls === 0) return
      const having = (transport: string) =>
        list.advertisements.filter((a) => a.services.some((s) => s.transport === transport)).length
      expect([having("tls"), having("tcp")]).toEqual([tls, tcp])
      expect(list.advertisements.filter((a) => a.networkClass === "onion")).toHaveLength(14)
    }
  )

  it("do not exist for simulated chains and regtest", () => {
    for (const name of ["mainnet-sim", "testnet-sim", "regtest"]) expect(shippedSeeds(chain(name))).toBeUndefined()
  })
})

layer(NodeServices.layer)("seeds of the command line", (it) => {
  it.effect("come from --seed, malformed ones with their problem", () =>
    Effect.sync(() => {
      const list = seedsOfFlags(["electrum3.bluewallet.io:50002:s", "nonsense:"], mainnet)
      assert.deepStrictEqual(list.source, { kind: "user", name: "command line", detail: null })
      assert.deepStrictEqual(list.advertisements.map((a) => a.problem), [null, "no usable port"])
    }))

  it.effect("come from a file, with a word about what was found", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* fs.makeTempFileScoped()
      yield* fs.writeFileString(path, "\uFEFFa.example.org:50002:s\nhttp://b.example.org\n")
      const list = yield* seedsOfFile(path, mainnet)
      assert.deepStrictEqual(list.source, { kind: "list", name: path, detail: null })
      assert.deepStrictEqual(list.advertisements.map((a) => a.host), ["a.example.org", null])
      assert.deepStrictEqual(list.notes, ["2 entries, read as lines", "1 of them with a problem"])
    }))

  it.effect("fail with a reason when the file is missing, empty, broken or too large", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const reasonOf = (path: string) =>
        seedsOfFile(path, mainnet).pipe(Effect.flip, Effect.map((error) => error.reason))
      const write = (name: string, text: string) => fs.writeFileString(`${directory}/${name}`, text)
      yield* write("empty", "# nothing\n")
      yield* write("broken.json", "{\"a.example.org\": ")
      yield* write("large", "a.example.org\n".repeat(800_000))
      assert.strictEqual(yield* reasonOf(`${directory}/none`), "not found")
      assert.strictEqual(yield* reasonOf(directory), "cannot read")
      assert.strictEqual(yield* reasonOf(`${directory}/empty`), "bad format")
      assert.strictEqual(yield* reasonOf(`${directory}/broken.json`), "bad format")
      assert.strictEqual(yield* reasonOf(`${directory}/large`), "too large")
      assert.strictEqual(yield* reasonOf("/dev/zero"), "cannot read")
    }))
})
