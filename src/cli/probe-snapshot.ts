import { Effect } from "effect"
import { defaultSnapshotSettings } from "../crawl/snapshot-settings.ts"
import { takeSnapshot } from "../crawl/snapshot-run.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { clientNameOf } from "./client-name.ts"
import { chosenChain } from "./network.ts"
import { Output } from "./output.ts"
import { snapshotJson } from "./probe-json.ts"
import { probeWay, type ProbeWayInput } from "./probe-way.ts"
import { snapshotText } from "./snapshot-text.ts"

/** The flags of `probe --snapshot` and `probe --differential` as parsed. */
export interface ProbeInput extends ProbeWayInput {
  readonly db: string
  readonly network: string | null
  readonly chainFile: string | null
  readonly contact: string | null
  readonly concurrency: number | null
  readonly rate: number
  readonly progress: "auto" | "plain" | "json" | "off"
}

/** `probe --snapshot`. */
export const probeSnapshot = Effect.fnUntraced(function*(input: ProbeInput) {
  const output = yield* Output
  const chain = yield* chosenChain(input)
  const quiet = input.progress === "off" || input.progress === "json"
  const summary = yield* Effect.gen(function*() {
    const { exclusions, layer, vantage } = yield* probeWay(chain, input)
    return yield* takeSnapshot({
      chain,
      vantage,
      codeVersion: version,
      exclusions,
      settings: {
        ...defaultSnapshotSettings,
        concurrency: input.concurrency ?? defaultSnapshotSettings.concurrency,
        rate: input.rate,
        clientName: clientNameOf(input.contact)
      },
      onNote: (note) => quiet ? Effect.void : output.stderr(`${note}\n`)
    }).pipe(Effect.provide(layer))
  }).pipe(Effect.provide(Store.layerExisting(input.db)))
  yield* output.stdout(
    input.progress === "json"
      ? snapshotJson(summary, chain)
      : snapshotText(summary, chain, output.style, { command: output.command, db: input.db })
  )
})
