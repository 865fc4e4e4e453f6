import { Effect } from "effect"
import { defaultDifferentialSettings } from "../crawl/differential-settings.ts"
import { runDifferential } from "../crawl/differential-run.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { clientNameOf } from "./client-name.ts"
import { differentialText } from "./differential-text.ts"
import { chosenChain } from "./network.ts"
import { Output } from "./output.ts"
import { differentialJson } from "./probe-json.ts"
import type { ProbeInput } from "./probe-snapshot.ts"
import { probeWay } from "./probe-way.ts"

/** `probe --differential`, and the end of `crawl --differential`. */
export const probeDifferential = Effect.fnUntraced(function*(input: ProbeInput) {
  const output = yield* Output
  const chain = yield* chosenChain(input)
  const quiet = input.progress === "off" || input.progress === "json"
  const { findings, summary } = yield* Effect.gen(function*() {
    const { exclusions, layer, vantage } = yield* probeWay(chain, input)
    const summary = yield* runDifferential({
      chain,
      vantage,
      codeVersion: version,
      exclusions,
      settings: {
        ...defaultDifferentialSettings,
        concurrency: input.concurrency ?? defaultDifferentialSettings.concurrency,
        rate: input.rate,
        clientName: clientNameOf(input.contact)
      },
      onNote: (note) => quiet ? Effect.void : output.stderr(`${note}\n`)
    }).pipe(Effect.provide(layer))
    const store = yield* Store
    return { summary, findings: yield* store.probing.findings(chain.name) }
  }).pipe(Effect.provide(Store.layerExisting(input.db)))
  yield* output.stdout(
    input.progress === "json"
      ? differentialJson(summary, findings, chain)
      : differentialText(summary, findings, chain, output.style, { command: output.command, db: input.db })
  )
})
