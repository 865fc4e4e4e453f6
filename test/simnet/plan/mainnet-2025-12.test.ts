import { readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { addressBlock } from "../../../src/domain/address.ts"
import { normalisedVersion } from "../../../src/simnet/model/peer-lists.ts"
import { readList } from "../../../src/simnet/plan/plan-recorded.ts"
import type { Plan, PlannedServer } from "../../../src/simnet/plan/plan.ts"
import { truthLines } from "../../../src/simnet/truth/truth.ts"
import { peersOf, planOf } from "../../support/simnet-plan.ts"

interface Data {
  readonly rows: ReadonlyArray<
    readonly [string, string | null, ReadonlyArray<string>, number | null, string | null, boolean, string | null]
  >
  readonly lists: ReadonlyArray<string>
}

const data = JSON.parse(
  readFileSync(new URL("../../../src/simnet/scenarios/data/mainnet-2025-12.json", import.meta.url), "utf8")
) as Data

const seed = "electrum3.bluewallet.io"
let plan: Plan
let byId: ReadonlyMap<string, PlannedServer>

beforeAll(async () => {
  plan = await planOf("mainnet-2025-12", 1)
  byId = new Map(plan.servers.map((server) => [server.id, server]))
})

/** Every entry that a crawl from the seed sees, asking once whom it can reach. */
const snowball = (): ReadonlySet<string> => {
  const entries = new Set<string>()
  const visited = new Set<PlannedServer>()
  const byHost = new Map(plan.servers.flatMap((server) => server.names.map((name) => [name.host, server] as const)))
  const queue = [byHost.get(seed)!]
  for (const server of queue) {
    if (visited.has(server) || server.failure !== null) continue
    visited.add(server)
    for (const entry of peersOf(server)) {
      entries.add(JSON.stringify(entry))
      queue.push(byHost.get(entry[1])!)
    }
  }
  return entries
}

describe("scenario mainnet-2025-12", () => {
  it("lets a crawl from the seed learn exactly 289 hosts and 473 endpoints, 271 of them TLS", () => {
    const entries = [...snowball()].map((text) => JSON.parse(text) as [string, string, Array<string>])
    const endpoints = new Set(
      entries.flatMap(([, host, features]) => features.filter((f) => /^[st]/.test(f)).map((f) => `${host} ${f}`))
    )
    expect(new Set(entries.map(([, host]) => host)).size).toBe(289)
    expect(endpoints.size).toBe(473)
    expect([...endpoints].filter((e) => / s/.test(e)).length).toBe(271)
    expect([...endpoints].some((e) => e.startsWith(seed))).toBe(false)
  })

  it("announces every variant of every row in some list, Fulcrum's spelling of versions apart", () => {
    const entries = snowball()
    const normalised = new Set(
      [...entries].map((text) => text.replace(/"(v[0-9.]+)"/, (_, v: string) => `"${normalisedVersion(v)}"`))
    )
    for (const [address, host, variants] of data.rows) {
      for (const variant of variants) {
        const features = variant.split(" ")
        const entry = JSON.stringify([address, host ?? address, features])
        if (features[0]!.split(".").length === 3 && variants.length > 1) expect(entries).toContain(entry)
        expect(normalised).toContain(JSON.stringify([address, host ?? address, features.map(normalisedVersion)]))
      }
    }
  })

  it("gives the recorded lists to the seed and to the first rows that answered, in order", () => {
    const owners = data.rows
      .filter(([, , , , , answered]) => answered)
      .slice(0, 20)
      .map(([address, host]) => host ?? address)
    for (const [list, owner] of [seed, ...owners].entries()) {
      const server = byId.get(owner)!
      expect(server.failure).toBeNull()
      const own = new Set(server.names.map((name) => name.host))
      const expected = readList(data.lists[list]!)
        .map((row) => data.rows[row]![1] ?? data.rows[row]![0])
        .filter((host) => server.software.family !== "Fulcrum" || !own.has(host))
      expect(peersOf(server).map(([, host]) => host)).toEqual(expected)
    }
    for (const list of [8, 12, 13]) expect(byId.get(owners[list - 1]!)!.software.family).toBe("Fulcrum")
  })

  it("keeps ElectrumX's two per /16 or /56 in every list that an ElectrumX answers", () => {
    const electrumx = plan.servers.filter((server) => server.software.family === "ElectrumX")
    expect(electrumx.length).toBeGreaterThan(100)
    for (const server of electrumx) {
      for (const draw of [0, 1]) {
        const blocks = new Map<string, number>()
        let onions = 0
        const entries = peersOf(server, draw)
        for (const [address] of entries) {
          const block = addressBlock(address, 16, 56)
          if (block === undefined) onions++
          else blocks.set(block, (blocks.get(block) ?? 0) + 1)
        }
        expect(Math.max(...blocks.values())).toBeLessThanOrEqual(2)
        if (!server.model.peers.fixed) expect(onions).toBeLessThanOrEqual(Math.max(10, (entries.length - onions) / 4))
      }
    }
  })

  it("runs the servers that answered and 85 % of the rest, and gives the others different failures", () => {
    const answered = new Set(data.rows.filter((row) => row[5]).map(([address, host]) => host ?? address))
    const lines = truthLines(plan)
    expect(lines.filter((line) => answered.has(line.host)).every((line) => line.alive)).toBe(true)
    const rest = plan.servers.filter(
      (server) => !server.names.some((name) => answered.has(name.host)) && server.id !== seed
    )
    const share = rest.filter((server) => server.failure === null).length / rest.length
    expect(share).toBeGreaterThan(0.83)
    expect(share).toBeLessThan(0.87)
    expect(new Set(rest.map((server) => server.failure)).size).toBeGreaterThan(3)
    expect(rest.filter((server) => server.failure === "black hole").length).toBeLessThanOrEqual(2)
    expect(byId.get("electrumx.ddns.net")!.failure).not.toBeNull()
  })

  it("offers on every running host exactly the endpoints that are announced for it", () => {
    const announced = new Map<string, Set<string>>()
    for (const [address, host, variants] of data.rows) {
      const known = announced.get(host ?? address) ?? new Set()
      for (const feature of variants.flatMap((variant) => variant.split(" ")))
        if (/^[st]/.test(feature)) known.add(feature)
      announced.set(host ?? address, known)
    }
    for (const server of plan.servers.filter((s) => s.id !== seed)) {
      for (const name of server.names) {
        const offered = [...(name.tls === null ? [] : [`s${name.tls}`]), ...(name.tcp === null ? [] : [`t${name.tcp}`])]
        expect(new Set(offered)).toEqual(announced.get(name.host))
      }
    }
  })

  it("reports software that fits the announced version, as seen where it was seen", () => {
    for (const [address, host, variants, , , , software] of data.rows) {
      const server = plan.servers.find((s) => s.names.some((name) => name.host === (host ?? address)))!
      expect(`v${server.model.protocolMaximum}`).toBe(variants.at(-1)!.split(" ")[0])
      if (software !== null && server.software.text !== "Fulcrum 1.0.0") expect(server.software.text).toBe(software)
    }
  })

  it("gives no two operators one certificate", () => {
    const operators = Map.groupBy(plan.servers, (server) => server.certificate.key)
    for (const servers of operators.values()) expect(new Set(servers.map((server) => server.operator)).size).toBe(1)
  })
})
