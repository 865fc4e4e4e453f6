import { basename, join } from "node:path"
import { Effect } from "effect"
import type { WalletList } from "../analysis/exposure/exposure-input.ts"
import type { Estimate } from "../analysis/exposure/interval.ts"
import { shippedIndicators } from "../analysis/suspicion/indicator-table.ts"
import { forDisplay } from "../domain/display.ts"
import { jsonText } from "../domain/json-text.ts"
import { type Provenance, simulatedSentence } from "../export/about.ts"
import { blacklistText, provenHosts } from "../export/blacklist.ts"
import type { Shown } from "../export/shown.ts"
import { type ApartBy, listExposure, walletEntries, walletServersText } from "../export/wallet-servers.ts"
import { writeText } from "../export/write-file.ts"
import { sidecarOf } from "../export/write-table.ts"
import { Output } from "./output.ts"

const described = (what: string, provenance: Provenance, more: Readonly<Record<string, unknown>>): string => {
  const warning = simulatedSentence(provenance)
  return `${jsonText({ ...(warning === null ? {} : { warning }), what, ...provenance, ...more }, 2)}\n`
}

const limits = ({ high, low, mean }: Estimate): string => `${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`

const atMostOne: Readonly<Record<ApartBy, string>> = {
  operator: "at most one for each probable operator",
  infrastructure: "at most one for each probable operator, shared node or proxy, and machine"
}

/** A list for wallets, and what it changes for them, as far as the model goes. */
export const writeWalletServers = Effect.fnUntraced(function*(shown: Shown, provenance: Provenance, out: string, apart: ApartBy, before: WalletList | null) {
  const output = yield* Output
  const proven = new Set((yield* provenHosts(shown, provenance)).map(({ serverId }) => serverId))
  const { entries, left } = yield* walletEntries(shown, apart, proven)
  yield* writeText(out, walletServersText(entries))
  const after: WalletList = { source: out, servers: entries.map(({ host, tlsPort }) => ({ host, port: tlsPort })) }
  const exposures = entries.length === 0 ? null : { before: yield* listExposure(shown, before), after: yield* listExposure(shown, after) }
  yield* writeText(sidecarOf(out), described("electrum-servers", provenance, {
    rule: `answered our latest visit over TLS that the wallet takes, of the right chain, ${atMostOne[apart]}, none of which hashes prove that it broke the protocol, none with a suspicion score of ${shippedIndicators.threshold} or more`,
    entries,
    left_out: left,
    exposure: exposures === null ? null : { basis: "model output", ...exposures }
  }))
  const lines = exposures === null ? [] : [
    "What the stock wallet would show the best placed owner, without Tor and without a saved server.",
    "Model output, 95 % limits: 1,000 simulated wallets, which of them are one operator's drawn by posterior. Before is the wallet's own list.",
    `  starts  asked about every address: before (${exposures.before.entries} entries), after (${exposures.after.entries})    connected: before, after`,
    ...exposures.before.figures.map(({ asked, connected, starts }, i) => {
      const then = exposures.after.figures[i]!
      return `  ${String(starts).padEnd(6)}  ${limits(asked)}  ${limits(then.asked)}    ${limits(connected)}  ${limits(then.connected)}`
    }),
    ...exposures.before.notes.map((note) => `  before: ${forDisplay(note)}`)
  ]
  yield* output.stdout(`${[
    `${out}: ${entries.length} entries, ${atMostOne[apart]}; ${left.length} more would do as well but for these rules and ${left.length === 1 ? "was" : "were"} left out, see ${basename(sidecarOf(out))}`,
    ...lines
  ].join("\n")}\n`)
})

/** A list for servers, the transcript of each entry beside it. */
export const writeBlacklist = Effect.fnUntraced(function*(shown: Shown, provenance: Provenance, out: string) {
  const output = yield* Output
  const listed = yield* provenHosts(shown, provenance)
  const fileOf = ({ bundle, host }: (typeof listed)[number]) => `${host.replaceAll(/[^a-z0-9.-]/g, "_").slice(0, 80)}-${bundle.id}.evidence.jsonl`
  const folder = `${out}.evidence`
  for (const entry of listed) yield* writeText(join(folder, fileOf(entry)), entry.bundle.text)
  yield* writeText(out, blacklistText(listed))
  yield* writeText(sidecarOf(out), described("electrumx-blacklist", provenance, {
    rule: "seen twice at this host and proven by hashes alone, see the transcripts; scores and other findings put nobody on it",
    entries: listed.map((entry) => ({
      host: entry.host,
      server_id: entry.serverId,
      violations: entry.violations,
      transcript: `${basename(folder)}/${fileOf(entry)}`,
      transcript_sha256: entry.bundle.id
    }))
  }))
  yield* output.stdout(listed.length === 0
    ? `${out}: empty. No server of this crawl was seen twice to break the protocol in a way that hashes prove.\n`
    : `${out}: ${listed.length} hosts, transcripts in ${folder}\n${listed.map(({ host, violations }) =>
      `  ${forDisplay(host)}: ${violations.map(({ times, what }) => `${what}, ${times} times`).join("; ")}\n`).join("")}`)
})
