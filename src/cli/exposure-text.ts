import stringWidth from "string-width"
import { type Concentration, concentrationDimensions, type Limits } from "../analysis/exposure/concentration.ts"
import { type ExposureFigure, type ExposureResult, horizons } from "../analysis/exposure/exposure.ts"
import { notableOwners } from "../analysis/exposure/exposure-rows.ts"
import type { Estimate } from "../analysis/exposure/interval.ts"
import { ownerName, type PolicyExposure } from "../analysis/exposure/policy-lab.ts"
import { concentrationRecommendation, ownerRecommendation, percent, policyRecommendation } from "../analysis/exposure/recommendation.ts"
import { middleTruncate, forDisplay } from "../domain/display.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** Owners shown of each figure. */
const shown = { Electrum: 5, "one server": 3 } as const

const range = ({ high, low, mean }: Estimate): string =>
  percent(low) === percent(high) ? percent(mean) : `${percent(mean)} (${percent(low)} to ${percent(high)})`

const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - stringWidth(text)))

/** Lines of cells in columns. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => stringWidth(row[i]!))))
  return rows.map((row) => `  ${row.map((cell, i) => pad(cell, widths[i]!)).join("  ").trimEnd()}`)
}

const name = (text: string): string => middleTruncate(forDisplay(text, 200), 44)

/** Rounding must not make certain what is not. */
const posteriorText = (posterior: number): string => posterior > 0.995 ? "> 0.99" : `= ${posterior.toFixed(2)}`

const modelTitle = ({ model }: ExposureFigure): string =>
  [
    model.wallet === "Electrum" ? "Electrum" : "A wallet of one public server",
    model.route === "tor" ? "through Tor" : "without Tor",
    model.wallet === "Electrum"
      ? model.savedServer ? "main server saved once" : "main server drawn at every start"
      : model.savedServer ? "always the same" : "drawn at every start"
  ].join(", ")

const figureLines = (figure: ExposureFigure, style: TerminalStyle): ReadonlyArray<string> => {
  const last = horizons.at(-1)!
  const owners = notableOwners(figure).filter(({ starts }) => starts === last).slice(0, shown[figure.model.wallet])
  if (owners.length === 0) return [style.bold(modelTitle(figure)), "  finds no server.", ""]
  const at = (owner: (typeof owners)[number], starts: number) =>
    figure.owners.find((other) => other.owner === owner.owner && other.starts === starts)
  const electrum = figure.model.wallet === "Electrum"
  const [first] = owners
  return [
    style.bold(modelTitle(figure)),
    ...table([
      [
        "operator (probable) or server",
        ...horizons.map((starts) => `all addresses, ${starts} start${starts === 1 ? "" : "s"}`),
        ...(electrum ? [`connection, ${last} starts`] : [])
      ],
      ...owners.map((owner) => [
        name(ownerName(owner.owner)) + (owner.owner.cluster === null ? "" : `, p ${posteriorText(owner.owner.cluster.posterior)}`),
        ...horizons.map((starts) => range(at(owner, starts)?.main ?? { mean: 0, low: 0, high: 0, error: 0 })),
        ...(electrum ? [range(owner.connected)] : [])
      ])
    ]),
    `  -> ${ownerRecommendation(figure.model, last, first!)}`,
    ""
  ]
}

const policyLines = (policies: ReadonlyArray<PolicyExposure>, style: TerminalStyle): ReadonlyArray<string> => [
  style.bold(`Other rules of choosing, after ${policies[0]?.starts ?? 0} starts: what the best informed operator or server gets`),
  ...table([
    ["rule", "share of scripts", "all scripts", "connection", "shows IP", "operators or servers asked"],
    ...policies.map((policy) => [
      policy.policy,
      range(policy.worstScripts),
      range(policy.worstAll),
      range(policy.worstConnected),
      policy.showsIp ? "yes" : "no",
      policy.ownersAsked.toFixed(1)
    ])
  ]),
  ...policies.map((policy) => `  -> ${policy.policy}: ${policyRecommendation(policy, policies[0]!)}`),
  ""
]

const limits = ({ high, low, mean }: Limits, digits: number): string =>
  `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`

const concentrationLines = (figures: ReadonlyArray<Concentration>, style: TerminalStyle): ReadonlyArray<string> => [
  style.bold("Concentration of confirmed servers (apart: the figure if every server were its own operator, by operator a lower bound)"),
  ...(figures.length === 0 ? ["  No server answered."] : table([
    ["counted", "by", "known", "unknown", "largest", "HHI", "apart", "Nakamoto", "apart"],
    ...figures.map((figure) => [
      `${figure.level}s`,
      figure.dimension,
      String(figure.counted),
      String(figure.unknown),
      figure.largest === null ? "-" : `${name(figure.largest)} ${percent(figure.largestShare)}`,
      limits(figure.hhi, 3),
      figure.hhiApart.toFixed(3),
      limits(figure.nakamoto, 0),
      figure.nakamotoApart.toFixed(0)
    ])
  ])),
  ...concentrationDimensions.flatMap((dimension) => {
    const said = figures.filter((figure) => figure.dimension === dimension)
      .map((figure) => [figure.level, concentrationRecommendation(figure)] as const)
    // Where both levels come to the same, once.
    return said.filter(([level, sentence]) => level === "server" || sentence.replaceAll("probable operators", "servers") !== said[0]![1])
      .map(([level, sentence]) => `  -> ${level}s by ${dimension}: ${sentence}`)
  }),
  ""
]

/** What wallets leak, for a terminal; the level of every count is in its line. */
export const exposureText = (result: ExposureResult, style: TerminalStyle): string => {
  const { lives, switchesPerStart, worlds } = result.options
  return [
    `Model output: ${lives.toLocaleString("en")} simulated wallets of each kind, ${worlds} draws of which clusters are one operator's.`,
    "In brackets 95 % limits over both. Whoever runs servers sees this; it accuses nobody.",
    `A wallet draws its main server from ${result.listed} listed servers, of which ${result.usable} were seen to be usable without Tor.`,
    switchesPerStart === 0
      ? "No main server is exchanged within a session here: real wallets show their addresses to somewhat more servers."
      : `The main server is exchanged ${switchesPerStart} times a session.`,
    ...result.notes,
    "",
    ...result.figures.flatMap((figure) => figureLines(figure, style)),
    ...policyLines(result.policies, style),
    ...concentrationLines(result.concentration, style)
  ].join("\n")
}
