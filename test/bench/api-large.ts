/**
 * Asks the API for everything a page needs, of a database with 2,000 servers and
 * 300,000 announcements: `node test/bench/api-large.ts [-- SERVERS NAMES]`. Prints for
 * each address the status, the bytes (plain, and as they travel) and the time when it
 * is asked for the first time and again. Ends with 1 where an answer is no 200.
 */
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { seededRandom } from "../../src/analysis/seeded-random.ts"
import { serveForTest } from "../support/api-server.ts"
import { analyse, inventedFacts, type InventedServer, recordCrawl } from "../support/atlas-database.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { giftAddress } from "../support/gift-address.ts"

const [count, names] = process.argv.slice(2).filter((word) => word !== "--").map(Number)
const servers = count ?? 2_000
const named = names ?? 150

const inventServers = (): ReadonlyArray<InventedServer> => {
  const random = seededRandom(7)
  const hosts = Array.from({ length: servers }, (_, i) => `server-${i}.example.org`)
  return hosts.map((host, i) => {
    const some = new Set<string>()
    while (some.size < Math.min(named, servers - 1)) {
      const other = hosts[Math.floor(random() * servers)]!
      if (other !== host) some.add(other)
    }
    return { host, key: `key of ${host}`, donation: giftAddress(host), address: `34.${90 + (i >> 14)}.${(i >> 7) & 127}.${i & 127}`, names: [...some] }
  })
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`

const bench = Effect.gen(function*() {
  const db = `${yield* temporaryFolder}/large.duckdb`
  let began = performance.now()
  const lap = (what: string): void => {
    say(`${what}: ${seconds(performance.now() - began)}`)
    began = performance.now()
  }
  const crawlId = yield* recordCrawl(db, inventedFacts(inventServers()))
  lap(`${servers} servers, ${servers * named} announcements stored`)
  yield* analyse(db, crawlId)
  lap("analysed")
  const { ask } = yield* serveForTest({ db })
  lap("served")
  const paths = ["about", "crawls", "overview", "servers", "servers?search=server-77&limit=50", "graph", "graph.bin", "clusters", "suspicion", "exposure", "texts", "servers/1", `servers/${servers >> 1}`, "pairs/1/2"]
  let wrong = 0
  say(`${"address".padEnd(36)} status   bytes     as br   first    again`)
  for (const path of paths) {
    const address = `/api/v1/${path === "about" || path === "crawls" ? path : `crawls/latest/${path}`}`
    const timed = Effect.fnUntraced(function*(encoding: string) {
      const start = performance.now()
      const told = yield* Effect.promise(() => ask(address, { headers: { "accept-encoding": encoding } }))
      return { ...told, ms: performance.now() - start }
    })
    const first = yield* timed("identity")
    const again = yield* timed("identity")
    const small = yield* timed("br")
    if (first.status !== 200 || again.status !== 200 || small.status !== 200) wrong++
    say(`${path.padEnd(36)} ${first.status} ${String(first.body.length).padStart(10)} ${String(small.body.length).padStart(9)} ${seconds(first.ms).padStart(8)} ${seconds(again.ms).padStart(8)}`)
  }
  if (wrong > 0) return yield* Effect.die(new Error(`${wrong} addresses were not answered with 200`))
}).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

await Effect.runPromise(bench)
