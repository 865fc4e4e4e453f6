import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { startCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-alerts-killed-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Six servers that restart every few hours. */
const restless = (): string => {
  const file = join(folder, "restless.json")
  const ids = Array.from({ length: 6 }, (_, i) => `server-${i}`)
  writeFileSync(file, JSON.stringify({
    name: "restless", title: "Servers that restart", chain: "mainnet-sim", seeds: ["s0.restless.test:50002:s"], round_trip_ms: [5, 20], jitter_ms: 2,
    servers: ids.map((id, i) => ({
      id, operator: id, software: "Fulcrum 1.12.0", lists: ids, schedule: { restarts: "2h" },
      names: [{ host: `s${i}.restless.test`, addresses: [`240.${i}.0.1`], tls: 50002 }]
    }))
  }))
  return file
}

/** A receiver that answers to nothing before it is told to; what it got. */
const receiver = async () => {
  const got: Array<{ readonly key: unknown; readonly body: { readonly id: string; readonly events: ReadonlyArray<Record<string, unknown>> } }> = []
  let waiting: Array<() => void> = []
  const state = { answers: false }
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk)).on("end", () => {
      got.push({ key: request.headers["idempotency-key"], body: JSON.parse(body) as never })
      if (state.answers) response.end()
      for (const wake of waiting) wake()
      waiting = []
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { got, state, until, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => { server.closeAllConnections(); server.close() } }
}

it("an alert that a watch was killed while sending is sent after the next start, under the same number; one that was taken is not sent again", async () => {
  const db = join(folder, "alerts.duckdb")
  const { simnet, stop } = await runSimnet({ scenario: restless(), randomSeed: 1, timeScale: 1200 })
  const { close, got, state, until, url } = await receiver()
  const watch = () => startCli([
    "watch", "--network", "mainnet-sim", "--db", db, "--proxy", `socks5://127.0.0.1:${simnet.socksPort}`, ...simnet.seeds.flatMap((seed) => ["--seed", seed]),
    "--no-analyze", "--rate", "0", "--fingerprint", "off", "--peer-rounds", "1", "--asn", "off", "--no-ptr",
    "--time-scale", "1200", "--sentinels", "6", "--crawl-every", "900h", "--alert-webhook", url
  ], { timeoutMs: 200_000 })
  try {
    const killed = await watch()
    await until(() => got.length > 0)
    killed.child.kill("SIGKILL")
    expect((await killed.result).signal).toBe("SIGKILL")
    const first = got[0]!
    expect([first.body.events.length > 0, first.key]).toEqual([true, first.body.id])
    // What is pending lies beside the events it tells of.
    expect(await queryFile(db, "SELECT alert_id, target FROM alert_pending ORDER BY created_at LIMIT 1")).toEqual([{ alert_id: first.body.id, target: "webhook" }])

    state.answers = true
    const sent = got.length
    const { child, result } = await watch()
    await until(() => got.length > sent + 1)
    // So that the last of them is known to have been taken: the next is seconds away.
    await new Promise((resolve) => setTimeout(resolve, 2000))
    child.kill("SIGINT")
    const ended = await result
    expect(ended.code, ended.stderr).toBe(130)
    const again = got.slice(sent)
    expect(again[0]).toEqual(first)
    const ids = again.map(({ body }) => body.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(await queryFile(db, "SELECT * FROM alert_pending")).toEqual([])
    // No event is told of in two alerts.
    const told = again.flatMap(({ body }) => body.events.map(({ earliest, endpoint, kind }) => `${String(endpoint)} ${String(kind)} ${String(earliest)}`))
    expect(new Set(told).size).toBe(told.length)
  } finally {
    close()
    await stop()
  }
}, 240_000)
