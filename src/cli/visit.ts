import { Config, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { openLedger } from "../crawl/open-ledger.ts"
import { storeVisit, visitOnce } from "../crawl/single-visit.ts"
import { parseEndpoint } from "../domain/endpoint.ts"
import { peerEntries } from "../domain/visit.ts"
import { defaultsOfVisit } from "../domain/visit-defaults.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { jsonText } from "../domain/json-text.ts"
import { connectionOf } from "./connection.ts"
import { clientNameOf } from "./client-name.ts"
import { connectionFlags, crawlFlags, identityFlags, networkFlags, visitFlag } from "./flags.ts"
import { chosenChain, usageError } from "./network.ts"
import { nullable, text, twinnedAs } from "./option.ts"
import { Output } from "./output.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { visitText } from "./visit-text.ts"

/** Bytes as JSON and queries show them. */
const hex = (octets: Uint8Array | null): string | null => octets === null ? null : Buffer.from(octets).toString("hex")

export const visitCommand = Command.make("visit", {
  endpoint: Argument.String("HOST:PORT:t|s").pipe(
    Argument.withDescription("What to visit: t for TCP, s for TLS; IPv6 in brackets.")
  ),
  db: nullable(text("db", "Also store the visit in this database file.").pipe(Flag.withMetavar("FILE"))),
  // A twin of its own: `OBSERVATORY_FORMAT` is about tables of rows.
  format: Flag.Literals("format", ["text", "json"]).pipe(
    Flag.withDescription("text for people, json for the whole visit. [OBSERVATORY_VISIT_FORMAT, in a config file visit-format]"),
    Flag.withFallbackConfig(Config.Literals(["text", "json"], twinnedAs("visit-format"))),
    Flag.withDefault("text" as const)
  ),
  peerRounds: crawlFlags.peerRounds,
  visit: visitFlag,
  ...networkFlags,
  ...connectionFlags,
  ...identityFlags
}, Effect.fn("visit")(function*(input) {
  const output = yield* Output
  const chain = yield* chosenChain(input)
  const endpoint = parseEndpoint(input.endpoint, { localNames: true })
  if (typeof endpoint === "string") return yield* usageError(`${input.endpoint}: ${endpoint}.`)
  if (endpoint.transport === "ws" || endpoint.transport === "wss") {
    return yield* usageError(`${input.endpoint}: WebSocket endpoints are not spoken yet, use t or s.`)
  }
  const { layer, vantage } = yield* connectionOf(input, chain, input.vantage)
  const options = { chain, clientName: clientNameOf(input.contact), peerRounds: input.peerRounds, scope: input.visit }
  const stored = Effect.fnUntraced(function*(db: string) {
    const ledger = yield* openLedger(chain.name, vantage.name)
    const visit = yield* visitOnce(endpoint, options, ledger)
    const crawlId = yield* storeVisit(visit, { ...options, vantage, codeVersion: version, allowPrivate: input.allowPrivate })
    yield* output.stderr(`stored in ${db} as crawl ${crawlId} of kind visit\n`)
    return visit
  })
  const visit = yield* (input.db === null ? visitOnce(endpoint, options) : stored(input.db).pipe(Effect.provide(Store.layer(input.db))))
    .pipe(Effect.provide(layer))
  const defaults = defaultsOfVisit(chain.name, visit)
  if (input.format === "json") {
    const shown = {
      network: chain.name,
      simulated: chain.simulated,
      ...visit,
      bannerOctets: hex(visit.bannerOctets),
      peers: visit.peers === null ? null : {
        asked: visit.peers.asked,
        entries: peerEntries(visit.peers).map((entry) => entry.octets === undefined ? entry : { ...entry, octets: hex(entry.octets) }),
        dropped: visit.peers.dropped,
        unseenMass: visit.peers.unseenMass
      },
      observations: visit.observations.map((seen) => ({ ...seen, replyOctets: hex(seen.replyOctets) })),
      defaults
    }
    return yield* output.stdout(`${jsonText(shown, 2)}\n`)
  }
  if (chain.simulated) yield* output.stdout(`${output.style.warning(simulatedNotice(chain.name))}\n\n`)
  yield* output.stdout(visitText(visit, defaults, output.style))
})).pipe(
  Command.withDescription("One visit to one endpoint, every phase and reply printed; nothing stored unless --db says where."),
  Command.withExamples([
    { command: "observatory visit electrum.blockstream.info:50002:s", description: "Look at one server" }
  ])
)
