import { Effect } from "effect"
import { reverseName } from "./reverse-name.ts"
import { TransportError } from "./transport-error.ts"

/** Records by name: addresses, texts, or PTR names under `….in-addr.arpa`; a string is the resolver's error code. */
export type DnsTable = Readonly<Record<string, ReadonlyArray<string> | string>>

/** A resolver that answers from a table; what is not in it is `ENOTFOUND`. */
export const make = (table: DnsTable) => {
  const lookUp = (name: string | undefined) => {
    const answer = name === undefined || !Object.hasOwn(table, name) ? "ENOTFOUND" : table[name]!
    if (typeof answer !== "string" && answer.length > 0) return Effect.succeed(answer)
    const detail = typeof answer === "string" ? answer : "ENODATA"
    return Effect.fail(new TransportError({ reason: "dns", phase: "resolve", detail }))
  }
  return { addresses: lookUp, names: (address: string) => lookUp(reverseName(address)), texts: lookUp }
}
