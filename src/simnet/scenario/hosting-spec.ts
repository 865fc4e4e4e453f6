import { Schema } from "effect"
import { parseBlock } from "../../domain/address.ts"
import { Country, optional } from "./fields.ts"

const Block = Schema.String.check(
  Schema.makeFilter((text) => parseBlock(text) !== undefined || "no block of addresses such as 240.7.0.0/16")
)

/** A place where servers are: a cloud's region, a provider of home lines, a proxy company. */
export const HostingSpec = Schema.Struct({
  org: Schema.NonEmptyString.annotate({ description: "Who announces the addresses." }),
  asn: Schema.Natural,
  country: Country,
  city: optional(Schema.NonEmptyString, "Where `--geo` says that the addresses are."),
  blocks: Schema.NonEmptyArray(Block).annotate({
    description: "Addresses of servers are drawn from these, each block equally often, IPv4 and IPv6 apart."
  })
})
export type HostingSpec = typeof HostingSpec.Type
