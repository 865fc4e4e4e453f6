import { Schema } from "effect"
import type { NodeCharacter } from "../world/node-character.ts"
import { Label, optional } from "./fields.ts"

/** A node as a scenario wants it; what is left out is drawn. */
export const BackendSpec = Schema.Struct({
  subversion: optional(
    Schema.String.check(Schema.isPattern(/^\/[ -~]{1,100}\/$/, { expected: "a text such as /Satoshi:28.1.0/" })),
    "What it calls itself, e.g. /Satoshi:28.1.0(somebody)/."
  ),
  relay_fee: optional(
    Schema.Finite.check(Schema.isBetween({ minimum: 0.000001, maximum: 0.01 })),
    "BTC per 1,000 virtual bytes, e.g. 0.00001."
  ),
  late_s: optional(
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 86_400 })),
    "Seconds of the world's time until it hears of a block, give or take a few."
  ),
  quiet: optional(Schema.Boolean, "Its mempool is nearly empty and its estimates are at the floor."),
  fresh: optional(Schema.Boolean, "It has no fee estimates.")
})
export type BackendSpec = typeof BackendSpec.Type

/** The field of a scenario about its nodes. */
export const backendFields = {
  backends: optional(Schema.Record(Label, BackendSpec), "Nodes that differ from what would be drawn, by backend label.")
}

/** What a scenario says about a node's character. */
export const characterOf = (spec: BackendSpec): Partial<NodeCharacter> => ({
  ...(spec.subversion === undefined ? {} : { subversion: spec.subversion }),
  ...(spec.relay_fee === undefined ? {} : { relayFee: spec.relay_fee }),
  ...(spec.late_s === undefined ? {} : { blockDelay: [spec.late_s * 1000, 1500] as const }),
  ...(spec.quiet === undefined ? {} : { quiet: spec.quiet }),
  ...(spec.fresh === undefined ? {} : { fresh: spec.fresh })
})
