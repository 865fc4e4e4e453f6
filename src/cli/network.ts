import { Effect } from "effect"
import { CliError } from "effect/cli"
import { readChainFile } from "../discovery/chain-file.ts"
import { type Chain, shippedChains } from "../domain/chain.ts"

/** Wrong usage found after parsing: shown like the parser's own errors, exit code 2. */
export const usageError = (message: string): CliError.UserError =>
  new CliError.UserError({ cause: message, userMessage: message })

/** The chain that `--network` and `--chain` name together. A chain file without `--network` names its own. */
export const chosenChain = Effect.fnUntraced(function*(input: {
  readonly network: string | null
  readonly chainFile: string | null
}) {
  if (input.chainFile !== null) {
    const chain = yield* readChainFile(input.chainFile)
    if (input.network !== null && input.network !== chain.name) {
      return yield* usageError(`--chain ${input.chainFile} describes ${chain.name}, but --network says ${input.network}.`)
    }
    return chain
  }
  const name = input.network ?? "mainnet"
  const chain = shippedChains.find((c) => c.name === name)
  if (chain === undefined) {
    return yield* usageError(
      `Unknown network ${name}. Known: ${shippedChains.map((c: Chain) => c.name).join(", ")}; --chain FILE adds one.`
    )
  }
  return chain
})

/** The crawl that `--crawl` names, else the default one of the chain that is named. */
export const chosenTarget = Effect.fnUntraced(function*(
  input: Parameters<typeof chosenChain>[0] & { readonly crawl: number | null }
) {
  return input.crawl === null ? { network: (yield* chosenChain(input)).name } : { crawlId: input.crawl }
})
