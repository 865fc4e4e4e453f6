import { Effect, Schema } from "effect"
import { Chain, shippedChains } from "../domain/chain.ts"
import { DiscoveryError } from "./discovery-error.ts"
import { readTextFile } from "./read-list.ts"

const decodeChain = Schema.decodeUnknownEffect(Schema.fromJsonString(Chain))

/**
 * The chain of `--chain FILE`. Fails with reason `not found`, `cannot read`,
 * `too large` (1 MB) or `bad format`; then the message names every wrong field.
 */
export const readChainFile = Effect.fn("readChainFile")(function*(path: string) {
  const text = yield* readTextFile(path, 1_000_000)
  const chain = yield* decodeChain(text, { errors: "all" }).pipe(
    Effect.mapError((error) =>
      new DiscoveryError({
        reason: "bad format",
        subject: path,
        message: `${path} describes no chain: ${error.message}`
      })
    )
  )
  if (shippedChains.some((shipped) => shipped.name === chain.name)) {
    return yield* new DiscoveryError({
      reason: "bad format",
      subject: path,
      message: `${path}: the name "${chain.name}" belongs to a chain that ships with the program; choose another.`
    })
  }
  return chain
})
