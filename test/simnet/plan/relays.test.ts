import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { plainTcp, request } from "../../support/plain-client.ts"
import { runSimnet } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"

let running: Awaited<ReturnType<typeof runSimnet>>
beforeAll(async () => {
  running = await runSimnet({ scenario: "framing" })
})
afterAll(() => running.stop())

const methods: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> = [
  ["server.version", ["test", ["1.4", "1.6"]]],
  ["server.banner", []],
  ["server.donation_address", []],
  ["blockchain.headers.subscribe", []],
  ["blockchain.estimatefee", [2]],
  ["blockchain.estimatefee", [144]],
  ["blockchain.relayfee", []],
  ["mempool.get_fee_histogram", []],
  ["mempool.get_info", []],
  ["server.peers.subscribe", []],
  ["no.such.method", []],
  ["server.features", []]
]

/** The lines that a server answers to all of it, by id. */
const answersOf = async (host: string): Promise<ReadonlyArray<string>> => {
  const client = plainTcp(running.simnet.listeners.get(`${host}:50001:t`)!)
  client.send(methods.map(([method, params], id) => request(id, method, params)).join(""))
  try {
    await client.until((c) => c.lines().length >= methods.length, 5000)
  } finally {
    client.destroy()
  }
  const idOf = (line: string): number => (JSON.parse(line) as { readonly id: number }).id
  return client.lines().toSorted((a, b) => idOf(a) - idOf(b))
}

interface Features {
  readonly result: { readonly hosts: { readonly [host: string]: unknown } }
}
/** Host -> ports. */
const portsOf = (answers: ReadonlyArray<string>): Features["result"]["hosts"] =>
  (JSON.parse(answers.at(-1)!) as Features).result.hosts
const hostsOf = (answers: ReadonlyArray<string>): ReadonlyArray<string> => Object.keys(portsOf(answers))

describe("a relay", () => {
  it("answers what the server behind it answers, byte by byte, but for the names it claims", async () => {
    const { servers } = await planOf("framing", 1)
    const relay = servers.find((server) => server.id === "mirror-1")!.names[0]!.host
    const [original, relayed] = [await answersOf("e1.harbour.test"), await answersOf(relay)]
    expect(relayed.slice(0, -1)).toEqual(original.slice(0, -1))
    expect(hostsOf(original)).not.toContain(relay)
    // The other's names with the other's ports: no onion gets one that it does not have.
    expect(Object.values(portsOf(original))).toContainEqual({ tcp_port: 50001 })
    expect(portsOf(relayed)).toEqual({ ...portsOf(original), [relay]: { ssl_port: 50002, tcp_port: 50001 } })
  })

  it("can be told from a copy, which has another node", async () => {
    const { servers } = await planOf("framing", 1)
    const copy = servers.find((server) => server.id === "mimic-1")!.names[0]!.host
    const [original, copied] = [await answersOf("e1.harbour.test"), await answersOf(copy)]
    // Banner and donation address are the same, fees and histogram are not.
    expect(copied.slice(1, 3)).toEqual(original.slice(1, 3))
    expect(copied.slice(4, 6)).not.toEqual(original.slice(4, 6))
    expect(copied[7]).not.toBe(original[7])
    expect(portsOf(copied)).toEqual({ ...portsOf(original), [copy]: { ssl_port: 50002, tcp_port: 50001 } })
  })
})
