import type { StoredCluster, StoredEvidence, StoredPair, StoredServer } from "../analysis/verdict-reader.ts"
import { probabilityText } from "../analysis/clusters/explanation.ts"
import { bitsOf } from "../analysis/linkage/model.ts"
import { forDisplay, middleTruncate } from "../domain/display.ts"
import type { TerminalStyle } from "./terminal-style.ts"

const short = (text: string, limit = 60): string => middleTruncate(forDisplay(text), limit)

const signed = (bits: number): string => `${bits < 0 ? "-" : "+"}${Math.abs(bits).toFixed(1)}`

/** A bar of one sign for each bit, up to thirty. */
const bar = (bits: number): string => (bits < 0 ? "-" : "+").repeat(Math.min(30, Math.round(Math.abs(bits))))

const line = (label: string, bits: number, after = ""): string =>
  `    ${label.padEnd(46).slice(0, 46)} ${signed(bits).padStart(6)}  ${bar(bits)}${after === "" ? "" : ` ${after}`}`.trimEnd()

const evidenceLine = ({ bits, comparison, level, reduction }: StoredEvidence): string =>
  line(`${comparison}: ${level}`, bits, reduction === null ? "" : `(${reduction})`)

/** The sum that leads from the prior to the probability, piece by piece. */
export const pairText = ({ evidence, pair }: StoredPair, prior: number, style: TerminalStyle): string => {
  const own = evidence.filter(({ question }) => question === "same operator")
  const counted = own.filter((it) => it.counted)
  const elsewhere = evidence.filter(({ question }) => question !== "same operator")
  const left = own.filter((it) => !it.counted)
  const summed = counted.reduce((sum, { bits }) => sum + bits, 0)
  const p = bitsOf(prior)
  return [
    style.bold(`${short(pair.host_a)} (${pair.server_a}) and ${short(pair.host_b)} (${pair.server_b})`),
    `  one operator: p = ${probabilityText(pair.same_operator)}, ${pair.hypothesis}` + (pair.held_by === null ? "" : `: ${pair.held_by}`),
    ...(pair.copier_id === null ? [] : [`  server ${pair.copier_id} shows what is the other's, and not the other way round: a copy, a relay, or a name that it gave up and still claims`]),
    line("prior of two servers drawn at random", p),
    ...counted.map(evidenceLine),
    ...(Math.abs(pair.operator_bits - summed) < 0.05 ? [] : [line("caps, and the place, node and software", pair.operator_bits - summed)]),
    line("sum", p + pair.operator_bits),
    ...(left.length === 0 ? [] : ["  not counted:", ...left.map(evidenceLine)]),
    ...(elsewhere.length === 0 ? [] : ["  of other questions:", ...elsewhere.map((it) => `${evidenceLine(it)} [${it.question}]`)]),
    `  shared infrastructure p = ${probabilityText(pair.shared_infrastructure)}, same machine p = ${probabilityText(pair.same_machine)}, same server p = ${probabilityText(pair.same_server)}`,
    ...counted.slice(0, 5).map(({ comparison, detail }) => style.dim(`    ${comparison}: ${short(detail, 160)}`)),
    ""
  ].join("\n")
}

const kindText: Readonly<Record<string, string>> = {
  "operator": "servers, probably one operator",
  "shared infrastructure": "servers behind shared infrastructure, which does not say who runs them",
  "same machine": "servers probably on one machine",
  "same behaviour": "servers of one behaviour: one software in one configuration, whoever runs it",
  "shared key": "servers that presented one public key: one operator, one image or one proxy"
}

/** As `operator-rows.ts` writes it; read leniently, as it may be of another version. */
interface ClusterDetail {
  readonly evidence?: ReadonlyArray<{ readonly comparison: string; readonly definition: string; readonly links: number; readonly of: number; readonly bits: number; readonly values: ReadonlyArray<string>; readonly innocent: ReadonlyArray<string> }>
  readonly against?: ReadonlyArray<{ readonly a: number; readonly b: number; readonly comparison: string; readonly level: string; readonly bits: number }>
  readonly would_change?: ReadonlyArray<string>
}

export const clusterText = ({ cluster, members }: StoredCluster, style: TerminalStyle): string => {
  const p = cluster.posterior === null ? "" : ` (p = ${probabilityText(cluster.posterior)}` +
    (cluster.weakest_link === null || cluster.servers === 2 ? ")" : `; weakest link ${probabilityText(cluster.weakest_link)})`)
  const detail = (cluster.detail === null ? {} : JSON.parse(cluster.detail)) as ClusterDetail
  const against = detail.against ?? []
  return [
    style.bold(`Group ${cluster.cluster_id}: ${cluster.servers} ${kindText[cluster.kind] ?? cluster.kind}${p}`),
    ...members.slice(0, 50).map(({ host, posterior, server_id }) =>
      `    ${String(server_id).padStart(6)}  ${short(host).padEnd(60)}${posterior === null ? "" : ` ${probabilityText(posterior)}`}`.trimEnd()),
    ...(members.length > 50 ? [`    and ${members.length - 50} more (table cluster_member)`] : []),
    ...(cluster.kind === "operator" ? [] : [`  shared: ${short(cluster.evidence, 100)}`]),
    ...(detail.evidence === undefined ? [] : [
      "  for:",
      ...detail.evidence.flatMap(({ bits, comparison, definition, innocent, links, of, values }) => [
        `    ${comparison}: in ${links} of ${of} links, up to ${bits.toFixed(1)} bits` + (values.length === 0 ? "" : `; ${values.map((value) => short(value, 40)).join(", ")}`),
        style.dim(`      ${definition}`),
        style.dim(`      else: ${innocent.join("; ")}`)
      ]),
      against.length === 0 ? "  against: nothing that was compared" : "  against:",
      ...against.map(({ a, b, bits, comparison, level }) => `    ${a} and ${b}: ${comparison}: ${level} ${signed(bits)}`),
      "  what would change it:",
      ...(detail.would_change ?? []).map((sentence) => `    ${sentence}`)
    ]),
    ""
  ].join("\n")
}

export const serverText = (server: StoredServer, prior: number, threshold: number, style: TerminalStyle): string => {
  const hasOperator = server.clusters.some(({ cluster }) => cluster.kind === "operator")
  return [
    style.bold(`Server ${server.serverId}: ${server.hosts.map((host) => short(host)).join(", ")}`),
    hasOperator ? "" : `No other server is probably its operator's: no pair reaches p = ${threshold}.\n`,
    ...server.clusters.map((cluster) => clusterText(cluster, style)),
    server.pairs.length === 0 ? "No pair with it is likelier than 0.02 in any question.\n" : style.bold("Its likeliest pairs:"),
    ...server.pairs.map((pair) => pairText(pair, prior, style))
  ].join("\n")
}
