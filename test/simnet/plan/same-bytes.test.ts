import { describe, expect, it } from "vitest"
import { hello, plainTcp, request } from "../../support/plain-client.ts"
import { runSimnet } from "../../support/running-simnet.ts"

/**
 * Not asked, since the world's time is in it, which has gone on by other
 * milliseconds in each run: the tip, fees, the mempool. Padding is cut off: how
 * long a server holds replies back decides how full its packets are.
 */
const asked: ReadonlyArray<readonly [method: string, params: ReadonlyArray<unknown>]> = [
  ["server.banner", []],
  ["server.donation_address", []],
  ["server.features", []],
  ["server.peers.subscribe", []],
  ["server.ping", []],
  ["blockchain.relayfee", []],
  ["blockchain.block.header", [0]],
  ["blockchain.block.headers", [100, 5]],
  ["blockchain.block.header", [99_999_999]],
  ["no.such.method", []]
]

/** Everything that servers of a network answer to a client each, which asks one thing after the other. */
const heard = async (randomSeed: number): Promise<ReadonlyArray<readonly [endpoint: string, text: string]>> => {
  const { simnet, stop } = await runSimnet({ scenario: "hosted", randomSeed })
  try {
    const endpoints = [...simnet.listeners].filter(([name]) => name.endsWith(":t")).slice(0, 14)
    return await Promise.all(
      endpoints.map(async ([endpoint, port]) => {
        const client = plainTcp(port)
        client.send(hello)
        for (let id = 0; id <= asked.length; id++) {
          const came = await client
            .until((c) => c.lines().length > id || c.closed() !== null, 6000)
            .then(
              () => client.closed() === null,
              () => false
            )
          if (!came || id === asked.length) break
          client.send(request(id + 1, ...asked[id]!))
        }
        client.destroy()
        return [endpoint, client.received().toString("latin1").replace(/ {9,}/g, "")] as const
      })
    )
  } finally {
    await stop()
  }
}

describe("a client that asks one thing after the other", () => {
  it("gets the same bytes from two networks of one seed, and others from a third of another", async () => {
    const [one, two, other] = await Promise.all([heard(7), heard(7), heard(8)])
    expect(one.filter(([, text]) => text.includes('"hosts"')).length).toBeGreaterThan(5)
    expect(two).toEqual(one)
    expect(other).not.toEqual(one)
  }, 120_000)
})
