import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"

it.effect("large visits may fill three quarters, so that small ones always find room", () =>
  Effect.gen(function*() {
    const budget = yield* ByteBudget
    const large = [budget.open(), budget.open(), budget.open()]
    assert.isTrue(large[0]!.hold(300_000))
    assert.isTrue(large[1]!.hold(400_000))
    assert.isFalse(large[2]!.hold(300_000))
    assert.strictEqual(budget.held(), 700_000)
    const small = budget.open()
    assert.isTrue(small.hold(200_000))
    assert.isFalse(budget.open().hold(200_000))
    large[1]!.release()
    assert.isFalse(large[2]!.hold(300_000))
    large[0]!.release()
    assert.isTrue(large[2]!.hold(300_000))
  }).pipe(Effect.provide(ByteBudget.layerOf(1_000_000))))

it.effect("a refused hold changes nothing, a smaller one gives back, and releasing twice is releasing once", () =>
  Effect.gen(function*() {
    const budget = yield* ByteBudget
    const share = budget.open()
    assert.isTrue(share.hold(60))
    assert.isFalse(share.hold(101))
    assert.strictEqual(budget.held(), 60)
    assert.isTrue(share.hold(10))
    assert.strictEqual(budget.held(), 10)
    share.release()
    share.release()
    assert.strictEqual(budget.held(), 0)
  }).pipe(Effect.provide(ByteBudget.layerOf(100))))
