import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { scripthashOf } from "../../../src/simnet/bitcoin/hash.ts"
import { type PublicScript, publicScripts } from "../../../src/simnet/chain/public-scripts.ts"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { lyingBackend } from "../../../src/simnet/lies/lying-backend.ts"
import type { RunningSimnet } from "../../../src/simnet/simnet.ts"
import { truthLines } from "../../../src/simnet/truth/truth.ts"
import { usualCourse, World, worldClock } from "../../../src/simnet/world/world.ts"
import { planOf } from "../../support/simnet-plan.ts"
import { type Asked, askAll, runScenario, through } from "../../support/through-front.ts"

const onion = `${"liar".repeat(14)}.onion`

/** A liar, beside a server that asks the same node and is honest. */
const liar = (lies: ReadonlyArray<unknown>, software = "Fulcrum 2.1.0") =>
  runScenario({
    seeds: ["liar.test:50001:t"],
    network: { vantages: [{ name: "here", address: "198.51.100.7" }] },
    servers: [
      {
        id: "liar",
        operator: "liar",
        software,
        backend: "one",
        names: [
          { host: "liar.test", addresses: ["240.1.1.1"], tcp: 50001 },
          { host: onion, tcp: 50001 }
        ],
        lies
      },
      {
        id: "honest",
        operator: "honest",
        software,
        backend: "one",
        names: [{ host: "honest.test", addresses: ["240.2.1.1"], tcp: 50001 }]
      }
    ]
  })

const fee: Asked = ["blockchain.estimatefee", [6]]
const tip: Asked = ["blockchain.headers.subscribe"]

const ask = (net: RunningSimnet, host: string, asked: ReadonlyArray<Asked>, user?: string, name?: string, circuit?: string) =>
  Effect.promise(async () => askAll(await through(net, host, 50001, user, circuit), asked, name))

describe("a server that lies", () => {
  it.live.each(["ElectrumX 1.20.0", "Fulcrum 2.1.0", "electrs/0.10.9", "electrs-esplora 0.4.1"])(
    "%s tells a wrong fee and an old tip to everybody, where nothing else is said",
    (software) =>
      Effect.gen(function*() {
        const net = yield* liar([{ lie: "wrong fee", factor: 10 }, { lie: "stale tip", blocks: 7 }], software)
        const [honestFee, honestTip] = yield* ask(net, "honest.test", [fee, tip])
        const [wrongFee, oldTip] = yield* ask(net, "liar.test", [fee, tip])
        expect(wrongFee).toBeCloseTo((honestFee as number) * 10, 7)
        const [old, current] = [oldTip, honestTip] as Array<{ readonly height: number; readonly hex: string }>
        expect(old!.height).toBe(current!.height - 7)
        const [header, above] = yield* ask(net, "liar.test", [
          ["blockchain.block.header", [old!.height]],
          ["blockchain.block.header", [current!.height]]
        ])
        expect(header).toBe(old!.hex)
        expect(above).not.toBe(current!.hex)
      }).pipe(Effect.scoped)
  )

  it.live("can serve a chain that passes the checkpoints, is at least as high and took less work", () =>
    Effect.gen(function*() {
      const net = yield* liar([{ lie: "low-work fork" }])
      const [honest] = (yield* ask(net, "honest.test", [tip])) as ReadonlyArray<{ readonly height: number }>
      const [forged] = (yield* ask(net, "liar.test", [tip])) as ReadonlyArray<{ readonly height: number }>
      expect(forged!.height).toBeGreaterThanOrEqual(honest!.height)
      const chainOf = (host: string) =>
        ask(net, host, [["blockchain.block.headers", [990, 1200]]]).pipe(
          Effect.map(([reply]) => (reply as { readonly hex: string }).hex.match(/.{160}/g)!)
        )
      const [theirs, others] = [yield* chainOf("honest.test"), yield* chainOf("liar.test")]
      // Heights 990 to 1000, the last checkpoint, and on to the fork.
      const fork = theirs.findIndex((header, i) => header !== others[i])
      expect(fork).toBeGreaterThan(10)
      // Little endian in the header.
      const bits = (header: string): number => Buffer.from(header.slice(144, 152), "hex").readUInt32LE()
      expect(bits(others[fork]!) > bits(theirs[fork]!)).toBe(true)
      expect(new Set(others.slice(fork).map(bits)).size).toBe(1)
    }).pipe(Effect.scoped)
  )

  it("can hide a script's history, or the end of it, from all methods alike", () => {
    const scripts = publicScripts("mainnet-sim").filter((script) => script.payments.length > 3)
    const [one, other, third] = scripts as [PublicScript, PublicScript, PublicScript]
    const world = new World(seededRandom(1), worldClock())
    const honest = world.backend("node", "mainnet-sim")
    const lying = lyingBackend(
      honest,
      [
        { lie: "hides history", script: one.name },
        { lie: "hides newest", script: other.address, transactions: 2 }
      ],
      { chain: "mainnet-sim", fork: () => honest }
    )
    const hash = ({ script }: PublicScript): string => scripthashOf(script)
    expect(honest.history(hash(one)).length).toBeGreaterThan(3)
    expect(lying.history(hash(one))).toEqual([])
    expect(lying.unspent(hash(one))).toEqual([])
    expect(lying.balance(hash(one))).toEqual({ confirmed: 0, unconfirmed: 0 })

    const hidden = honest.history(hash(other)).slice(-2).map((entry) => entry.txid)
    expect(lying.history(hash(other))).toEqual(honest.history(hash(other)).slice(0, -2))
    expect(lying.transaction(hidden[0]!)).toBeUndefined()
    expect(honest.transaction(hidden[0]!)).toBeDefined()
    const shown = lying.unspent(hash(other))
    expect(shown.filter((output) => hidden.includes(output.txid))).toEqual([])
    const sum = (outputs: ReadonlyArray<{ readonly value: number }>): number =>
      outputs.reduce((total, output) => total + output.value, 0)
    expect(lying.balance(hash(other))).toEqual({ confirmed: sum(shown), unconfirmed: 0 })
    expect(lying.history(hash(third))).toEqual(honest.history(hash(third)))
    expect(lying.balance(hash(third))).toEqual(honest.balance(hash(third)))
  })

  it("that hides a spend shows its output as unspent again, wherever it hides it", () => {
    const spender = publicScripts("mainnet-sim").find(({ payments }) => payments.some(({ spent }) => typeof spent === "number"))!
    const spent = spender.payments.reduce((last, { spent: at }) => (typeof at === "number" ? Math.max(last, at) : last), 0)
    const honest = new World(seededRandom(1), worldClock()).backend("node", "mainnet-sim")
    const scripthash = scripthashOf(spender.script)
    const entries = honest.history(scripthash)
    const since = entries.filter((entry) => entry.height >= spent).length
    const liars = [
      [{ lie: "hides newest", script: spender.name, transactions: since } as const],
      [{ lie: "stale tip", blocks: honest.tipHeight - spent + 1 } as const]
    ]
    for (const lies of liars) {
      const lying = lyingBackend(honest, lies, { chain: "mainnet-sim", fork: () => honest })
      expect(lying.history(scripthash)).toEqual(entries.slice(0, -since))
      const back = lying.unspent(scripthash).filter(
        (output) => !honest.unspent(scripthash).some((o) => o.txid === output.txid && o.position === output.position)
      )
      expect(back.length).toBeGreaterThan(0)
      const total = lying.unspent(scripthash).reduce((sum, output) => sum + output.value, 0)
      expect(lying.balance(scripthash).confirmed).toBe(total)
    }
  })

  it("that withholds its mempool shows what was there before it", () => {
    const { script } = publicScripts("mainnet-sim")[0]!
    const payments = [
      { script, amount: 70_000, height: 2000, spent: "mempool", rate: 5, after: 0 } as const,
      { script, amount: 50_000, height: null, spent: null, rate: 5, after: 0 } as const
    ]
    const world = new World(seededRandom(1), worldClock(), { ...usualCourse, planted: new Map([["mainnet-sim", payments]]) })
    const honest = world.backend("node", "mainnet-sim")
    world.clock.advance(60_000)
    const lying = lyingBackend(honest, [{ lie: "withholds mempool" }], { chain: "mainnet-sim", fork: () => honest })
    const hash = scripthashOf(script)
    expect(honest.unconfirmed(hash)).toHaveLength(2)
    expect(lying.unconfirmed(hash)).toEqual([])
    const [before, now] = [lying.unspent(hash), honest.unspent(hash)].map((outputs) => outputs.map(({ value }) => value))
    expect(before).toContain(70_000)
    expect(before).not.toContain(50_000)
    expect(now).toContain(50_000)
    expect(now).not.toContain(70_000)
    expect(lying.balance(hash)).toEqual({ confirmed: before!.reduce((sum, value) => sum + value, 0), unconfirmed: 0 })
  })

  it.effect("is refused in a scenario file where it lies about nothing", () =>
    Effect.gen(function*() {
      const wrong = yield* Effect.flip(liar([{ lie: "wrong fee", factor: 2 }, { lie: "hides history", script: "xyz" }]))
      expect(wrong.message).toMatch(/scenario\.json:\d+: servers\[0\]\.lies\[1\]\.script: xyz is no address/)
    }).pipe(Effect.scoped)
  )

  it("is named in the truth for what it means to do, not for accidents", async () => {
    const plan = await planOf("selective", 1)
    const traits = new Map(truthLines(plan).map((line) => [line.server.replace(/-\d+$/, ""), line.traits]))
    expect(traits.get("patient")).toEqual(["hides newest 2 of P2SH-3 after 12 requests"])
    expect(traits.get("tired")).toEqual([])
  })

  it.live("can lie after some requests of a connection, and knows then what was agreed before", () =>
    Effect.gen(function*() {
      const net = yield* liar([{ lie: "wrong fee", factor: 3, to: { after_requests: 4 } }])
      const [honest] = yield* ask(net, "honest.test", [fee])
      const fees = yield* ask(net, "liar.test", [fee, fee, fee, fee, fee, ["server.version", ["again", "1.4"]]])
      expect(fees.slice(0, 3)).toEqual([honest, honest, honest])
      for (const wrong of fees.slice(3, 5)) expect(wrong).toBeCloseTo((honest as number) * 3, 7)
      expect(fees[5]).toMatchObject({ message: "server.version already sent" })
    }).pipe(Effect.scoped)
  )

  it.live("can lie to wallets of one name, to clients without Tor, and at its onion", () =>
    Effect.gen(function*() {
      const [honest] = yield* ask(yield* liar([]), "honest.test", [fee])
      const factor = (answer: ReadonlyArray<unknown>): number => Math.round((answer[0] as number) / (honest as number))

      const wallets = yield* liar([{ lie: "wrong fee", factor: 2, to: { client_name: "electrum/" } }])
      expect(factor(yield* ask(wallets, "liar.test", [fee], undefined, "electrum/4.5.8"))).toBe(2)
      expect(factor(yield* ask(wallets, "liar.test", [fee], undefined, "someone/1.0"))).toBe(1)

      const open = yield* liar([{ lie: "wrong fee", factor: 2, to: { tor: false } }])
      expect(factor(yield* ask(open, "liar.test", [fee]))).toBe(2)
      expect(factor(yield* ask(open, "liar.test", [fee], "exit"))).toBe(1)
      expect(factor(yield* ask(open, onion, [fee]))).toBe(1)

      const hidden = yield* liar([{ lie: "wrong fee", factor: 2, to: { network: "onion" } }])
      expect(factor(yield* ask(hidden, "liar.test", [fee], "exit"))).toBe(1)
      expect(factor(yield* ask(hidden, onion, [fee]))).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live("can lie to a share of clients, always the same, and in a share of connections", () =>
    Effect.gen(function*() {
      const [honest] = yield* ask(yield* liar([]), "honest.test", [fee])
      const circuits = Array.from({ length: 40 }, (_, i) => String(i))
      const liedTo = Effect.fnUntraced(function*(net: RunningSimnet, user: string) {
        const answers = yield* Effect.forEach(
          circuits,
          (circuit) => ask(net, "liar.test", [fee], user, undefined, circuit),
          { concurrency: 8 }
        )
        return answers.map(([answer]) => answer !== honest)
      })
      const share = (lied: ReadonlyArray<boolean>): number => lied.filter((was) => was).length / lied.length

      const some = yield* liar([{ lie: "wrong fee", factor: 2, to: { clients: 0.5 } }])
      const exits = yield* liedTo(some, "exit")
      // Binomial, n = 40, p = 0.5: sd 0.08.
      expect(Math.abs(share(exits) - 0.5)).toBeLessThan(0.3)
      expect(yield* liedTo(some, "exit")).toEqual(exits)
      expect([0, 1]).toContain(share(yield* liedTo(some, "here")))

      const now = yield* liar([{ lie: "wrong fee", factor: 2, to: { sessions: 0.5 } }])
      expect(Math.abs(share(yield* liedTo(now, "here")) - 0.5)).toBeLessThan(0.3)
    }).pipe(Effect.scoped)
  )

  it.live("can be slow, silent or busy to some", () =>
    Effect.gen(function*() {
      const slow = yield* liar([{ lie: "slow", ms: 300, to: { after_requests: 1 } }])
      const began = performance.now()
      yield* ask(slow, "liar.test", [fee, fee])
      expect(performance.now() - began).toBeGreaterThan(590)

      const busy = yield* liar([{ lie: "busy", methods: ["blockchain.estimatefee"] }])
      expect(yield* ask(busy, "liar.test", [fee, ["server.ping"]])).toMatchObject([{ code: -102 }, null])

      const silent = yield* liar([{ lie: "silent", methods: ["server.ping"] }])
      const client = yield* Effect.promise(() => through(silent, "liar.test", 50001))
      client.send('{"id":1,"method":"server.ping"}\n{"id":2,"method":"blockchain.relayfee"}\n')
      yield* Effect.promise(() => client.until((c) => c.lines().length === 1))
      expect(client.lines()[0]).toContain('"id":2')
      client.destroy()
    }).pipe(Effect.scoped)
  )
})
