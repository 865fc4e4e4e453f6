import { Schema } from "effect"
import { chainDefinitions, type SimulatedChainName } from "../chain/chain-definitions.ts"
import type { Planted } from "../chain/chain.ts"
import { firstPaymentHeight, largestPayment, mostPayments, type Payment, spendingSize } from "../chain/payments.ts"
import { ChainName, optional } from "./fields.ts"
import type { Mistake } from "./mistake.ts"
import { scriptOf, scriptProblem, ScriptText } from "./script-text.ts"

/** Satoshi per virtual byte. */
const usualRate = 5

const Height = Schema.Int.check(Schema.isBetween({ minimum: firstPaymentHeight, maximum: 2150 }))

/** A payment that the chain of a scenario contains. */
const PaymentSpec = Schema.Struct({
  to: ScriptText,
  amount: Schema.Int.check(Schema.isBetween({ minimum: 1000, maximum: largestPayment })).annotate({
    description: "Satoshi."
  }),
  height: Schema.Union([Height, Schema.Literal("mempool")]).annotate({
    description: "The block that has it, above the last checkpoint of the chain."
  }),
  spent: optional(Schema.Union([Height, Schema.Literal("mempool")]), "The block that spends it again."),
  fee_rate: optional(
    Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 500 })),
    "Satoshi per virtual byte; 5 by default."
  ),
  after_s: optional(
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 86_400 * 365 })),
    "Of what is in the mempool: seconds of the world's time until it is there; 0 by default."
  ),
  chain: optional(ChainName, "The scenario's own by default.")
})
export type PaymentSpec = typeof PaymentSpec.Type

/** The fields of a scenario about what its chain holds. */
export const ledgerFields = {
  payments: optional(
    Schema.Array(PaymentSpec).check(Schema.isMaxLength(mostPayments)),
    "Transactions that the chain has besides what it always has."
  )
}

/** What is read of a scenario about its ledger. */
export interface LedgerScenario {
  readonly chain: SimulatedChainName
  readonly payments?: ReadonlyArray<PaymentSpec>
}

/** What is wrong with a payment, by field. */
const problemOf = (spec: PaymentSpec, chain: SimulatedChainName): readonly [key: string, message: string] | undefined => {
  const { checkpoint } = chainDefinitions[chain]
  const badScript = scriptProblem(spec.to, chain)
  if (badScript !== undefined) return ["to", badScript]
  if (spec.height !== "mempool" && spec.height <= checkpoint) {
    return ["height", `is not above ${checkpoint}, the last checkpoint of ${chain}`]
  }
  if (typeof spec.spent === "number" && (spec.height === "mempool" || spec.spent <= spec.height)) {
    return ["spent", `is not after ${spec.height}`]
  }
  if (spec.after_s !== undefined && spec.height !== "mempool") return ["after_s", "is for what is in the mempool only"]
  const least = spendingSize * (spec.fee_rate ?? usualRate)
  if (spec.spent !== undefined && spec.amount < least) {
    return ["amount", `is less than ${least}, the fee of spending it`]
  }
  return undefined
}

/** Payments that cannot be, with their places. */
export const mistakesOfLedger = (scenario: LedgerScenario): ReadonlyArray<Mistake> =>
  (scenario.payments ?? []).flatMap((spec, i) => {
    const problem = problemOf(spec, spec.chain ?? scenario.chain)
    return problem === undefined ? [] : [{ path: ["payments", i, problem[0]], message: problem[1] }]
  })

const paymentOf = (spec: PaymentSpec, chain: SimulatedChainName): Payment => ({
  script: scriptOf(spec.to, chain)!,
  amount: spec.amount,
  height: spec.height === "mempool" ? null : spec.height,
  spent: spec.spent ?? null,
  rate: spec.fee_rate ?? usualRate,
  after: (spec.after_s ?? 0) * 1000
})

/** A scenario's payments by chain. */
export const plantedPayments = (scenario: LedgerScenario): Planted =>
  new Map(
    [...Map.groupBy(scenario.payments ?? [], (spec) => spec.chain ?? scenario.chain)].map(
      ([chain, specs]) => [chain, specs.map((spec) => paymentOf(spec, chain))] as const
    )
  )
