import { Schema } from "effect"
import { Country, Label, Milliseconds, optional } from "./scenario-fields.ts"

/** Somebody's place to look from. */
export const VantageSpec = Schema.Struct({
  name: Label.annotate({ description: "The SOCKS user name that looks from here: --proxy socks5://NAME:x@127.0.0.1:PORT." }),
  address: Schema.NonEmptyString.annotate({ description: "What clearnet servers see." }),
  country: optional(Country, "Servers in far countries take longer to answer; distance counts for nothing without it.")
})
export type VantageSpec = typeof VantageSpec.Type

/** The way between clients and servers. */
export const NetworkSpec = Schema.Struct({
  vantages: Schema.NonEmptyArray(VantageSpec).annotate({
    description: "The first is everybody's who gives no user name of another one."
  }),
  onion_ms: optional(
    Schema.Tuple([Milliseconds, Milliseconds]),
    "What a Tor circuit adds to a round trip, drawn for each circuit; nothing by default."
  )
})
export type NetworkSpec = typeof NetworkSpec.Type
