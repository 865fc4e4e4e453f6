import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { ClusterMembership, WalletNetwork } from "../../../src/analysis/exposure/candidate.ts"
import { exposureByOwner, type OwnerExposure, ownershipOf } from "../../../src/analysis/exposure/owners.ts"
import { onePerAsn, onePerOperator, onionOnly, type SelectionPolicy, splitQueries, todaysPolicy } from "../../../src/analysis/exposure/selection-policy.ts"
import { simulateWallets } from "../../../src/analysis/exposure/simulate-wallets.ts"
import { drawWorlds } from "../../../src/analysis/exposure/worlds.ts"
import type { WalletHabits } from "../../../src/analysis/exposure/wallet-life.ts"
import { range, walletNetwork } from "../../support/wallet-network.ts"

const usual: WalletHabits = { route: "clearnet", savedServer: false, starts: 1, switchesPerStart: 0 }

interface Run {
  readonly policy?: SelectionPolicy
  readonly habits?: Partial<WalletHabits>
  readonly lives?: number
  readonly within?: number
  readonly randomSeed?: number
}

const ownersOf = (
  network: WalletNetwork,
  clusters: ReadonlyArray<ClusterMembership>,
  { habits, lives = 4000, policy = todaysPolicy, randomSeed = 1, within }: Run = {}
): ReadonlyArray<OwnerExposure> => {
  const whole = { ...usual, ...habits }
  const ownership = ownershipOf(network.candidates, clusters)
  const sightings = simulateWallets(network, policy, whole, { lives, randomSeed })
  return exposureByOwner(sightings, ownership, drawWorlds(clusters, { worlds: 50, randomSeed: 1 }), within ?? whole.starts)
}

/** The one cluster, of the servers behind the candidates `from` up to, not with, `to`. */
const fleet = (from: number, to: number, posterior = 1): ClusterMembership => ({
  clusterId: 1,
  serverIds: range(from + 1, to + 1),
  posterior
})

const ofFleet = (owners: ReadonlyArray<OwnerExposure>): OwnerExposure => owners.find(({ owner }) => owner.cluster !== null)!

/** How many standard errors a simulated figure is off; beyond four the model errs, not chance. */
const deviation = (actual: { readonly mean: number; readonly error: number }, expected: number): number =>
  Math.abs(actual.mean - expected) / actual.error

const choose = (n: number, k: number): number => range(0, k).reduce((product, i) => (product * (n - i)) / (i + 1), 1)

describe("the model of Electrum's server choice, against sums that can be done by hand", () => {
  it("draws the main server uniformly from the list, anew at every start", () => {
    const owners = (starts: number) => ofFleet(ownersOf(walletNetwork(60), [fleet(0, 12)], { habits: { starts } })).main
    assert.isBelow(deviation(owners(1), 12 / 60), 4, "one start")
    assert.isBelow(deviation(owners(5), 1 - (48 / 60) ** 5), 4, "five starts")
  })

  it("takes a random connected server where the one drawn is dead", () => {
    // 30 of 80 entries are dead, 10 of the 50 others are the fleet's.
    const network = walletNetwork(80, (i) => ({ usable: i < 50 }))
    assert.isBelow(deviation(ofFleet(ownersOf(network, [fleet(0, 10)])).main, 10 / 80 + (30 / 80) * (10 / 50)), 4, "fleet")
  })

  it("connects to ten of the list", () => {
    const { connected } = ofFleet(ownersOf(walletNetwork(60), [fleet(0, 6)]))
    assert.isBelow(deviation(connected, 1 - choose(54, 10) / choose(60, 10)), 4, "at least one of ten")
  })

  it("holds one server of each /16, so that a fleet in one of them seldom becomes main when the one drawn is dead", () => {
    const network = walletNetwork(110, (i) => ({ usable: i < 100, bucket: i < 40 ? "10.0.0.0/16" : `10.${i}.0.0/16` }))
    const main = (policy: SelectionPolicy) => ofFleet(ownersOf(network, [fleet(0, 40)], { policy, lives: 40_000 })).main
    assert.isBelow(deviation(main({ ...todaysPolicy, bucketRule: false }), 40 / 110 + (10 / 110) * (40 / 100)), 4, "without the rule")
    const withRule = main(todaysPolicy)
    // One of those connected at the most, and these are four at the least.
    assert.isBelow(withRule.mean, 40 / 110 + (10 / 110) * 0.25 + 4 * withRule.error)
  })

  it("does not know addresses through Tor, so the /16 rule is void there", () => {
    const network = walletNetwork(400, (i) => ({ usable: i < 100, bucket: i < 40 ? "10.0.0.0/16" : `10.${i}.0.0/16` }))
    const { main } = ofFleet(ownersOf(network, [fleet(0, 40)], { habits: { route: "tor" } }))
    assert.isBelow(deviation(main, 40 / 400 + (300 / 400) * (40 / 100)), 4, "through Tor")
  })

  it("draws onions as main server without Tor too, and then falls back on those connected", () => {
    const network = walletNetwork(50, (i) => ({ onion: i >= 40, bucket: i >= 40 ? null : `10.${i}.0.0/16` }))
    const clusters = [fleet(40, 50)]
    assert.deepStrictEqual(ofFleet(ownersOf(network, clusters)).connected.mean, 0)
    assert.isBelow(deviation(ofFleet(ownersOf(network, [fleet(0, 8)])).main, 8 / 50 + (10 / 50) * (8 / 40)), 4, "clearnet fleet")
    assert.isBelow(deviation(ofFleet(ownersOf(network, clusters, { habits: { route: "tor" } })).main, 10 / 50), 4, "onions through Tor")
  })

  it("keeps a saved server: later starts show the addresses to nobody else", () => {
    const owners = (within: number) =>
      ofFleet(ownersOf(walletNetwork(60), [fleet(0, 12)], { habits: { starts: 40, savedServer: true }, within, lives: 2000 })).main
    assert.strictEqual(owners(40).mean, owners(1).mean)
    assert.isBelow(deviation(owners(1), 12 / 60), 4, "saved")
  })

  it("shows the addresses to one more server for each exchange of the main one", () => {
    const seen = (switchesPerStart: number) =>
      ownersOf(walletNetwork(60), [], { habits: { switchesPerStart }, lives: 500 }).reduce((sum, { main }) => sum + main.mean, 0)
    assert.closeTo(seen(0), 1, 1e-9)
    assert.isAbove(seen(3), 2.5)
    assert.isAtMost(seen(3), 4)
  })

  it("learns names from the main server's list only when others fail, and as often as the list has them", () => {
    // Ten entries of which two live, and thirty more that server 0 alone names.
    const peers = new Map([[0, { candidates: range(10, 40), weights: range(10, 40).map(() => 1) }]])
    const of = (map: WalletNetwork["peers"]) => walletNetwork(40, (i) => ({ isDefault: i < 10, usable: i < 2 || i >= 10 }), map)
    const named = ofFleet(ownersOf(of(peers), [fleet(10, 40)]))
    // Drawn as main, or taken because the one drawn is dead.
    assert.isBelow(deviation(named.connected, 1 / 2), 4, "named by the main server")
    assert.strictEqual(named.main.mean, 0)
    const never = new Map([[0, { candidates: range(10, 40), weights: range(10, 40).map(() => 0) }]])
    assert.strictEqual(ofFleet(ownersOf(of(never), [fleet(10, 40)])).connected.mean, 0)
    assert.strictEqual(ofFleet(ownersOf(of(new Map()), [fleet(10, 40)])).connected.mean, 0)
  })

  it("where one /16 has everybody goes through them, and keeps none beside the main server", () => {
    const network = walletNetwork(150, () => ({ bucket: "10.0.0.0/16" }))
    const owners = ownersOf(network, [], { habits: { starts: 3 }, lives: 20 })
    assert.isTrue(owners.every(({ connected }) => connected.mean === 1))
    assert.isAtMost(owners.reduce((sum, { main }) => sum + main.mean, 0), 3)
  })

  it("comes back to recent servers, so that later starts meet fewer new ones than the first", () => {
    const met = (within: number) =>
      ownersOf(walletNetwork(200), [], { habits: { starts: 2 }, within, lives: 500 }).reduce((sum, { connected }) => sum + connected.mean, 0)
    assert.closeTo(met(1), 10, 1e-9)
    // Four of the ten are recent, the other six nearly always new.
    assert.isAbove(met(2), 15)
    assert.isBelow(met(2), 16.01)
  })
})

describe("other rules of choosing", () => {
  it("one server per autonomous system gives a fleet in one system one system's share", () => {
    const network = walletNetwork(60, (i) => ({ asn: i < 20 ? 1 : 100 + i }))
    const { main, connected } = ofFleet(ownersOf(network, [fleet(0, 20)], { policy: onePerAsn }))
    assert.isBelow(deviation(main, 1 / 41), 4, "one of 41 systems")
    assert.isBelow(deviation(connected, 10 / 41), 4, "one connection of ten")
  })

  it("one server per probable operator gives a published fleet one operator's share, wherever it stands", () => {
    const policy = onePerOperator((serverId) => serverId <= 20 ? 1 : null)
    assert.isBelow(deviation(ofFleet(ownersOf(walletNetwork(60), [fleet(0, 20)], { policy })).main, 1 / 41), 4, "one of 41 operators")
  })

  it("split queries show each server a part: shares add up to one, more owners see something", () => {
    const owners = ownersOf(walletNetwork(60), [fleet(0, 12)], { policy: splitQueries(4) })
    assert.closeTo(owners.reduce((sum, { scripts }) => sum + scripts.mean, 0), 1, 1e-9)
    assert.isBelow(deviation(ofFleet(owners).scripts, 12 / 60), 4, "the fleet's share of scripts")
    assert.isBelow(deviation(ofFleet(owners).main, 1 - choose(48, 4) / choose(60, 4)), 4, "the fleet is asked about something")
  })

  it("onions only finds nothing where there is none", () => {
    const owners = ownersOf(walletNetwork(20), [], { policy: onionOnly, habits: { route: "tor" }, lives: 50 })
    assert.deepStrictEqual(new Set(owners.map(({ connected }) => connected.mean)), new Set([0]))
  })
})

describe("what holds for every network", () => {
  const networks = fc.record({
    count: fc.integer({ min: 1, max: 30 }),
    dead: fc.integer({ min: 0, max: 10 }),
    onions: fc.integer({ min: 0, max: 5 }),
    unknown: fc.integer({ min: 0, max: 5 }),
    buckets: fc.integer({ min: 1, max: 12 }),
    fleet: fc.integer({ min: 0, max: 12 }),
    posterior: fc.double({ min: 0, max: 1, noNaN: true }),
    randomSeed: fc.nat()
  })
  type Shape = typeof networks extends fc.Arbitrary<infer A> ? A : never
  const networkOf = (shape: Shape, name = "host") =>
    walletNetwork(shape.count, (i) => ({
      host: `${name}-${i}.example.org`,
      usable: i < shape.dead ? false : i < shape.dead + shape.unknown ? null : true,
      onion: i % 7 < shape.onions && i % 2 === 0,
      bucket: `10.${i % shape.buckets}.0.0/16`
    }))
  const clustersOf = (shape: Shape) => [fleet(0, Math.min(shape.count, shape.fleet), shape.posterior)]

  it("probabilities lie between 0 and 1 within their limits, and grow with starts", () => {
    fc.assert(fc.property(networks, fc.boolean(), fc.constantFrom("clearnet", "tor"), (shape, savedServer, route) => {
      const run = (within: number) =>
        ownersOf(networkOf(shape), clustersOf(shape), {
          habits: { starts: 6, savedServer, route },
          within,
          lives: 40,
          randomSeed: shape.randomSeed
        })
      const [first, later] = [run(1), run(6)]
      for (const [i, after] of later.entries()) {
        for (const measure of ["main", "connected", "scripts"] as const) {
          const { high, low, mean } = after[measure]
          assert.isTrue(0 <= low && low <= mean + 1e-9 && mean <= high + 1e-9 && high <= 1, `${measure} ${low} ${mean} ${high}`)
          assert.isAtLeast(mean + 1e-9, first[i]![measure].mean, measure)
        }
        // Who is asked about addresses is connected to.
        assert.isAtLeast(after.connected.mean + 1e-9, after.main.mean)
      }
    }), { numRuns: 60 })
  })

  it("at one start the main servers of all owners add up to the wallets that found any", () => {
    fc.assert(fc.property(networks, (shape) => {
      const owners = ownersOf(networkOf(shape), [], { lives: 60, randomSeed: shape.randomSeed })
      const sum = owners.reduce((total, { main }) => total + main.mean, 0)
      const reached = ownersOf(networkOf(shape), [fleet(0, shape.count)], { lives: 60, randomSeed: shape.randomSeed })
      assert.closeTo(sum, reached[0]!.main.mean, 1e-9)
    }), { numRuns: 60 })
  })

  it("names do not matter, and an operator of one more server sees no less", () => {
    fc.assert(fc.property(networks, (shape) => {
      const options = { lives: 50, randomSeed: shape.randomSeed, habits: { starts: 3 } }
      const means = (network: WalletNetwork, clusters: ReadonlyArray<ClusterMembership>) =>
        ownersOf(network, clusters, options).map(({ connected, main }) => [main.mean, connected.mean])
      assert.deepStrictEqual(means(networkOf(shape), clustersOf(shape)), means(networkOf(shape, "other"), clustersOf(shape)))
      const size = Math.min(shape.count - 1, shape.fleet)
      if (size < 1) return
      const seen = (to: number) => ofFleet(ownersOf(networkOf(shape), [fleet(0, to)], options)).main.mean
      assert.isAtLeast(seen(size + 1) + 1e-9, seen(size))
    }), { numRuns: 60 })
  })

  it("the order of servers changes nothing beyond the error of simulating", () => {
    const network = walletNetwork(40, (i) => ({ usable: i % 3 !== 0, bucket: `10.${i % 15}.0.0/16` }))
    const reversed = { ...network, candidates: network.candidates.toReversed() }
    const [a, b] = [network, reversed].map((each) => ofFleet(ownersOf(each, [fleet(0, 9)], { habits: { starts: 3 } })))
    for (const measure of ["main", "connected"] as const) {
      assert.isBelow(Math.abs(a![measure].mean - b![measure].mean), 5 * a![measure].error)
    }
  })
})

describe("uncertain clusters", () => {
  it("are one operator in some worlds and servers apart in others, and the limits hold both", () => {
    const at = (posterior: number) => ofFleet(ownersOf(walletNetwork(60), [fleet(0, 12, posterior)], { lives: 2000 })).main
    const [surely, perhaps] = [at(1), at(0.5)]
    assert.isBelow(deviation(surely, 12 / 60), 4, "surely one")
    assert.isAbove(perhaps.high, 12 / 60 - 0.01)
    // The most that one of twelve servers sees alone.
    assert.isBelow(perhaps.low, 0.03)
    assert.isBelow(perhaps.mean, surely.mean)
    assert.isAbove(surely.low, 0.17)
  })

  it("that are no cluster at all leave every server by itself", () => {
    const { main } = ofFleet(ownersOf(walletNetwork(60), [fleet(0, 12, 0)]))
    assert.isBelow(main.high, 0.04)
  })
})
