import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { JsonSchema, Schema, SchemaRepresentation } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { parseBlock } from "../../../src/domain/address.ts"
import type { TruthLine } from "../../../src/simnet/truth/truth.ts"
import { runCli } from "../../support/cli.ts"
import { readme } from "../../support/readme.ts"
import { runSimnet } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-world-"))
afterAll(() => rmSync(folder, { recursive: true }))

const scenario = {
  name: "world",
  title: "Two hostings and an address of its own",
  chain: "mainnet-sim",
  seeds: ["own.test:50002:s"],
  round_trip_ms: [0, 0],
  jitter_ms: 0,
  public_suffixes: ["dyn.test"],
  hosting: {
    cloud: { org: 'Cloud, "the" one', asn: 64600, country: "DE", city: "Berlin", blocks: ["240.7.0.0/16", "2001:db8:7::/48"] },
    resold: { org: "Resold", asn: 64601, country: "FR", blocks: ["240.7.8.0/24"] }
  },
  fleets: [
    { name: "a", count: 6, operator: "{id}", software: "Fulcrum 2.1.0", hosting: { cloud: 1, resold: 1 }, names: [{ host: "{n}.dyn.test", on: "ipv4", tls: 50002 }] },
    { name: "b", count: 2, operator: "b", software: "ElectrumX 1.18.0", hosting: "cloud", names: [{ host: "b{n}.test", on: "ipv6", tls: 50002 }, { host: "{onion}", on: "onion", tcp: 50001 }] }
  ],
  servers: [
    { id: "own", operator: "own", software: "Fulcrum 2.1.0", country: "JP", asn: 64602, names: [{ host: "own.test", addresses: ["241.1.1.1"], tls: 50002 }] }
  ]
}
const file = join(folder, "world.json")
writeFileSync(file, JSON.stringify(scenario))

const linesOf = (path: string): ReadonlyArray<string> => readFileSync(path, "utf8").trimEnd().split("\n")

/** A row of the geo file; quoted fields hold no line ends here. */
const fieldsOf = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2]!)

describe("the files about a simulated world", () => {
  it("say when software is to be changed, by the clock of who watches, unless time is scaled", async () => {
    const changing = join(folder, "changing.json")
    writeFileSync(changing, JSON.stringify({
      ...scenario,
      fleets: [],
      servers: [{ ...scenario.servers[0]!, schedule: { upgrades: [{ at: "36h", software: "Fulcrum 2.1.1" }] } }]
    }))
    const changes = async (timeScale: number) => {
      const truthFile = join(folder, `changing-${timeScale}`)
      await (await runSimnet({ scenario: changing, truthFile, timeScale })).stop()
      return linesOf(truthFile).map((line) => (JSON.parse(line) as TruthLine).changes)
    }
    const before = Date.now()
    const [[change, ...more]] = await changes(1) as [NonNullable<TruthLine["changes"]>]
    expect([change!.what, more]).toEqual(["upgrade", []])
    expect(change!.at - 36 * 3_600_000).toBeGreaterThanOrEqual(before)
    expect(change!.at - 36 * 3_600_000).toBeLessThanOrEqual(Date.now())
    expect(await changes(60)).toEqual([null])
  })

  it("say the same of an address as the truth does of its endpoint, the narrowest block being right", async () => {
    const [geoFile, truthFile, publicSuffixFile] = ["geo", "truth", "suffixes"].map((name) => join(folder, name)) as [string, string, string]
    const { simnet, stop } = await runSimnet({ scenario: file, geoFile, truthFile, publicSuffixFile, servers: 40 })
    await stop()
    expect(simnet.servers).toBe(40)
    const [header, ...rows] = linesOf(geoFile)
    expect(header).toBe("network,country,city,latitude,longitude,asn,org")
    expect(rows.map(fieldsOf).find((row) => row[0] === "240.7.0.0/16")).toEqual(["240.7.0.0/16", "DE", "Berlin", "52.5", "13.4", "64600", 'Cloud, "the" one'])
    const blocks = rows.map(fieldsOf).toSorted((a, b) => Number(b[0]!.split("/")[1]) - Number(a[0]!.split("/")[1]))
    const truth = linesOf(truthFile).map((line) => JSON.parse(line) as TruthLine)
    const plan = await planOf(file, 1)
    const addressOf = new Map(plan.servers.flatMap((server) => server.names.map((name) => [name.host, name.addresses[0]])))
    let compared = 0
    for (const line of truth) {
      if (line.host.endsWith(".onion")) {
        expect([line.country, line.asn]).toEqual([null, null])
        continue
      }
      const address = addressOf.get(line.host)
      if (address === undefined) continue
      const [, country, , , , asn] = blocks.find(([network]) => parseBlock(network!)!(address))!
      expect([country, Number(asn)]).toEqual([line.country, line.asn])
      compared++
    }
    expect(compared).toBe(9)
    expect(new Set(truth.map((line) => line.country))).toEqual(new Set(["DE", "FR", "JP", null]))
    expect(linesOf(publicSuffixFile).filter((line) => !line.startsWith("//"))).toEqual(["test", "dyn.test"])
  })

  it("cannot be made for a size that the scenario cannot have", async () => {
    await expect(runSimnet({ scenario: file, servers: 2 })).rejects.toThrow("scenario world has at least 3 servers")
    await expect(runSimnet({ scenario: "mainnet-2025-12", servers: 2 })).rejects.toThrow("no fleets")
  })
})

describe("simnet --schema", () => {
  it("prints a JSON Schema that takes a scenario, and none with a field too many or a wrong value", async () => {
    const { stdout, code } = await runCli(["simnet", "--schema"])
    expect(code).toBe(0)
    const printed = JSON.parse(stdout) as { readonly [key: string]: unknown }
    expect(printed["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema")
    const document = JsonSchema.fromSchemaDraft2020_12(printed)
    const schema = SchemaRepresentation.fromJsonSchemaDocument(document, { patterns: "apply" })
    const takes = (value: unknown): boolean => Schema.is(schema)(value)
    expect(takes(scenario)).toBe(true)
    // The reader of schemas used here lets fields too many pass.
    expect(printed["additionalProperties"]).toBe(false)
    expect(takes({ ...scenario, name: "Not A Label" })).toBe(false)
    expect(takes({ ...scenario, chain: "mainnet" })).toBe(false)
  })
})

describe("the README", () => {
  it("has a line about every shipped scenario and about no other", async () => {
    const { stdout } = await runCli(["simnet", "--list"])
    const shipped = stdout.trimEnd().split("\n").map((line) => line.split(" ")[0])
    const text = readme("src/simnet")
    const table = text.slice(text.indexOf("## Scenarios and their truth"), text.indexOf("A scenario is a JSON file"))
    const told = [...table.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1])
    expect(told.toSorted()).toEqual(shipped.toSorted())
  })
})
