/** The families of server software whose behaviour on the wire is simulated. */
export type Family = "ElectrumX" | "Fulcrum" | "romanz electrs" | "Blockstream electrs" | "mempool electrs"

/** What runs on a server, read from the text that it reports. */
export interface Software {
  readonly family: Family
  readonly version: string
  /** As `server.version` reports it, e.g. `ElectrumX 1.18.0`. */
  readonly text: string
}

const forms: ReadonlyArray<readonly [Family, RegExp]> = [
  ["ElectrumX", /^ElectrumX ([0-9][0-9a-z.]*)$/],
  ["Fulcrum", /^Fulcrum ([0-9][0-9.]*)$/],
  ["romanz electrs", /^electrs\/([0-9][0-9.]*)$/],
  ["Blockstream electrs", /^electrs-esplora ([0-9][0-9.]*)$/],
  ["mempool electrs", /^mempool-electrs ([0-9][0-9a-z.-]*)$/]
]

/** Read a software text; undefined when no family here reports itself so. */
export const parseSoftware = (text: string): Software | undefined => {
  for (const [family, form] of forms) {
    const version = form.exec(text)?.[1]
    if (version !== undefined) return { family, version, text }
  }
  return undefined
}

/** The series of releases that are simulated, by their first two numbers. */
const series: Readonly<Record<Family, ReadonlyArray<string>>> = {
  "ElectrumX": [...Array.from({ length: 11 }, (_, i) => `1.${i + 10}`), "2.0"],
  "Fulcrum": [...Array.from({ length: 13 }, (_, i) => `1.${i}`), "2.0", "2.1"],
  "romanz electrs": ["0.9", "0.10", "0.11"],
  "Blockstream electrs": ["0.4"],
  "mempool electrs": ["3.0", "3.1"]
}

/** What is wrong with a software text; undefined where it names a release that is simulated. */
export const softwareProblem = (text: string): string | undefined => {
  const software = parseSoftware(text)
  if (software === undefined) return `${JSON.stringify(text)} is no software that is simulated, as ElectrumX 1.18.0 is`
  const { family, version } = software
  if (series[family].includes(versionNumbers(version).slice(0, 2).join("."))) return undefined
  return `there is no ${text}; of ${family} there are ${series[family].join(", ")}`
}

/** A version as comparable numbers, e.g. [1, 4, 2]. */
export type VersionTuple = ReadonlyArray<number>

/** A version as comparable numbers: `2.0b1` is [2, 0], `1.18.0` is [1, 18, 0]. */
export const versionNumbers = (version: string): VersionTuple =>
  version.split(".").map((part) => Number.parseInt(part, 10))

/** Element-wise, a shorter tuple being smaller than one that it begins, as Python and Qt compare. */
export const compareTuples = (a: VersionTuple, b: VersionTuple): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!
  }
  return a.length - b.length
}

/** Whether a version is not older than another. */
export const atLeast = (version: string, minimum: string): boolean =>
  compareTuples(versionNumbers(version), versionNumbers(minimum)) >= 0

/**
 * The protocol maximum as the software prints it (protocol-facts, table of
 * versions; releases between its rows as their tags have it).
 */
export const protocolMaximum = (software: Software): string => {
  const { family, version } = software
  if (family === "ElectrumX") {
    if (atLeast(version, "1.19")) return "1.6.0"
    if (atLeast(version, "1.17")) return "1.4.3"
    if (atLeast(version, "1.12")) return "1.4.2"
    return atLeast(version, "1.9.5") ? "1.4.1" : "1.4"
  }
  if (family === "Fulcrum") {
    if (atLeast(version, "2.1")) return "1.6"
    if (atLeast(version, "1.10")) return "1.5.3"
    if (atLeast(version, "1.9.6")) return "1.5.2"
    if (atLeast(version, "1.9.2")) return "1.5.1"
    if (atLeast(version, "1.9")) return "1.5"
    if (atLeast(version, "1.5")) return "1.4.5"
    if (atLeast(version, "1.2")) return "1.4.4"
    return atLeast(version, "1.0.5") ? "1.4.3" : "1.4.2"
  }
  return "1.4"
}
