import {
  compareReleases,
  type Implementation,
  isInRange,
  rangeText,
  type ReleaseRange
} from "../../domain/implementation.ts"
import { compareProtocolVersions, parseProtocolVersion } from "../../domain/protocol-version.ts"
import { answered, answeredVersion, type Behaviour } from "./behaviour.ts"

/** A software as somebody names it. */
interface Claim {
  readonly implementation: Implementation
  readonly release: string
}

const release = "([0-9]{1,4}(?:\\.[0-9]{1,4}){1,2})"

/** How software names itself, in `server.version` or in a banner; only a number is read, so no other text comes in. */
const names: ReadonlyArray<readonly [Implementation, RegExp]> = [
  ["mempool electrs", new RegExp(`\\bmempool-electrs ${release}`)],
  ["Blockstream electrs", new RegExp(`\\belectrs-esplora ${release}`)],
  ["romanz electrs", new RegExp(`(?<!-)\\belectrs[/ ]${release}`)],
  ["ElectrumX", new RegExp(`\\bElectrumX ${release}`)],
  ["Fulcrum", new RegExp(`\\bFulcrum ${release}`)]
]

/** The software that a text names; undefined when it names none or several. */
const claimIn = (text: string): Claim | undefined => {
  const found = names.flatMap(([implementation, form]) => {
    const release = form.exec(text)?.[1]
    return release === undefined ? [] : [{ implementation, release }]
  })
  return found.length === 1 ? found[0] : undefined
}

const shown = ({ implementation, release }: Claim): string => `${implementation} ${release}`

/**
 * Releases that a range may begin with, in order. A build from the sources after
 * a release still calls itself by it and behaves like the next one.
 */
const series: Readonly<Partial<Record<Implementation, ReadonlyArray<string>>>> = {
  ElectrumX: ["1.8", "1.9", "1.10", "1.11", "1.12", "1.13", "1.14", "1.15", "1.16", "1.17", "1.18", "1.19", "1.20", "2.0"],
  Fulcrum: ["1.0", "1.0.5", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.9.2", "1.9.6", "1.10", "1.11", "1.12", "2.0", "2.1"],
  "romanz electrs": ["0.9", "0.10", "0.11", "0.11.1", "0.11.2"]
}

/** Whether the range begins with the release that follows the claimed one. */
const isBuildAfter = ({ implementation, release }: Claim, { since }: ReleaseRange): boolean =>
  since !== null && since === series[implementation]?.find((next) => compareReleases(next, release) > 0)

export interface Compared {
  readonly contradictions: ReadonlyArray<string>
  readonly remarks: ReadonlyArray<string>
}

/** What claims are held against. */
export interface Likely {
  /** All that the behaviour leaves; empty when it leaves too much doubt to hold anything against anybody. */
  readonly implementations: ReadonlyArray<Implementation>
  /** The one that is named, and its releases. */
  readonly named: Implementation | null
  readonly range: ReleaseRange | null
}

/** How claims go with the behaviour, and with each other. */
export const compareClaims = (behaviour: Behaviour, { implementations, named, range }: Likely): Compared => {
  const behaves = implementations.join(" or ")
  const isOther = (claim: Claim): boolean => implementations.length > 0 && !implementations.includes(claim.implementation)
  const contradictions: Array<string> = []
  const remarks: Array<string> = []
  const version = answeredVersion(behaviour)
  const software: unknown = Array.isArray(version?.result) ? version.result[0] : version?.result
  const claim = typeof software === "string" ? claimIn(software) : undefined
  if (claim !== undefined && isOther(claim)) {
    contradictions.push(`server.version claims ${shown(claim)}, behaves like ${behaves}`)
  } else if (claim !== undefined && claim.implementation === named && range !== null && !isInRange(claim.release, range)) {
    const sentence = `claims ${shown(claim)}, behaves like ${rangeText(range)}`
    if (isBuildAfter(claim, range)) remarks.push(`${sentence}: perhaps a build from its sources`)
    else contradictions.push(`server.version ${sentence}`)
  }

  const features = answered(behaviour, "server.features")[0]?.result as Readonly<Record<string, unknown>> | undefined
  const told = features?.["server_version"]
  if (typeof told === "string" && typeof software === "string" && told !== software) {
    const other = claimIn(told)
    contradictions.push(`server.features claims another software than server.version${other === undefined ? "" : `: ${shown(other)}`}`)
  }
  const most = typeof features?.["protocol_max"] === "string" ? parseProtocolVersion(features["protocol_max"]) : undefined
  const asked = Array.isArray(version?.params[1]) ? parseProtocolVersion(String(version.params[1][1])) : undefined
  const got = Array.isArray(version?.result) ? parseProtocolVersion(String(version.result[1])) : undefined
  if (most !== undefined && asked !== undefined && got !== undefined) {
    const expected = compareProtocolVersions(most, asked) < 0 ? most : asked
    if (compareProtocolVersions(expected, got) !== 0) {
      contradictions.push(`protocol ${got.join(".")} was agreed on, not ${expected.join(".")} as server.features has it`)
    }
  }

  const banner = answered(behaviour, "server.banner")[0]?.result
  const inBanner = typeof banner === "string" ? claimIn(banner) : undefined
  if (inBanner !== undefined && isOther(inBanner)) {
    contradictions.push(`the banner names ${shown(inBanner)}, behaves like ${behaves}`)
  } else if (inBanner !== undefined && claim !== undefined && inBanner.implementation !== claim.implementation) {
    contradictions.push(`the banner names ${shown(inBanner)}, server.version ${shown(claim)}`)
  } else if (inBanner !== undefined && claim !== undefined && compareReleases(inBanner.release, claim.release) !== 0) {
    // Operators who wrote their own do not change it with each upgrade.
    remarks.push(`the banner names ${shown(inBanner)}, server.version ${shown(claim)}`)
  }
  return { contradictions, remarks }
}
