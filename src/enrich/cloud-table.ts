import { Schema } from "effect"
import json from "./cloud-asns.json" with { type: "json" }

const Asn = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 32 - 1 }))

/** This project's table of providers, with where its numbers come from. */
export const CloudTable = Schema.Struct({
  about: Schema.NonEmptyString,
  source: Schema.Struct({
    repository: Schema.NonEmptyString,
    path: Schema.NonEmptyString,
    commit: Schema.String.check(Schema.isPattern(/^[0-9a-f]{40}$/)),
    /** Day it was read. */
    read: Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\d$/))
  }),
  providers: Schema.Array(Schema.Struct({ provider: Schema.NonEmptyString, asns: Schema.Array(Asn) }))
})

export const cloudTable = Schema.decodeSync(CloudTable)(json)

const byAsn = new Map(cloudTable.providers.flatMap(({ asns, provider }) => asns.map((asn) => [String(asn), provider] as const)))

/** The company that rents out servers in an autonomous system; undefined where the table has none. */
export const providerOfAsn = (asn: string): string | undefined => byAsn.get(asn)
