import { Schema } from "effect"
import { Country, Label, Milliseconds, optional, rangeOf } from "./fields.ts"

/** Somebody's place to look from. */
const VantageSpec = Schema.Struct({
  name: Label.annotate({ description: "The SOCKS user name that looks from here: --proxy socks5://NAME:x@127.0.0.1:PORT." }),
  address: Schema.NonEmptyString.annotate({ description: "What clearnet servers see." }),
  country: optional(Country, "Servers in far countries take longer to answer; distance counts for nothing without it.")
})

/** The way between clients and servers. */
export const NetworkSpec = Schema.Struct({
  vantages: Schema.NonEmptyArray(VantageSpec).annotate({
    description: "The first is everybody's who gives no user name of another one."
  }),
  onion_ms: optional(
    rangeOf(Milliseconds),
    "What a Tor circuit adds to a round trip, drawn for each circuit; nothing by default."
  )
})
export type NetworkSpec = typeof NetworkSpec.Type

/** What a server, or all of a fleet, may say about its place in the network. */
export const serverNetworkFields = {
  max_sessions: optional(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
    "With so many connections ElectrumX refuses more until 5 % are gone; 1000 by default. The others have no such limit."
  )
}

/** What a name may say about it. */
export const nameNetworkFields = {
  dead_addresses: optional(
    Schema.Array(Schema.NonEmptyString),
    "Addresses of the name where nothing answers, e.g. an IPv6 address that was never set up."
  )
}
