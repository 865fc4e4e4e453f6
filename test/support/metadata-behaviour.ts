import { expect } from "vitest"
import { isInRange } from "../../src/domain/implementation.ts"
import { median } from "../../src/domain/median.ts"
import { parseSoftware } from "../../src/simnet/model/software.ts"
import { toldNames } from "../../src/simnet/model/server-model.ts"
import type { PlannedServer } from "../../src/simnet/plan/plan.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { alikeInVisits, usualWord } from "./usual-behaviour.ts"

type Row = Readonly<Record<string, unknown>>

/** A row of `server_metadata` beside the truth about the one server, without traits, behind its endpoint. */
export interface Met {
  readonly row: Row
  readonly line: TruthLine
  readonly planned: PlannedServer
}

const reasons = (row: Row): Readonly<Record<string, string>> => row["untested"] as Readonly<Record<string, string>>

/** `>=1.18 <1.19` or `any`, read without the code that wrote it. */
const isWithin = (version: string, range: string): boolean =>
  isInRange(version, { since: />=(\S+)/.exec(range)?.[1] ?? null, before: /<(?!=)(\S+)/.exec(range)?.[1] ?? null })

/** The releases named hold the true one, and there are some where a software is named. */
export const checkRelease = ({ line, row }: Met): void => {
  for (const [implementation, range] of [["implementation", "version_range"], ["deep_implementation", "deep_version_range"]] as const) {
    expect([row["host"], range, row[range] === null]).toEqual([row["host"], range, row[implementation] === null])
    if (row[implementation] === null) continue
    expect([line.implementation, null]).toContain(row[implementation])
    expect([row["host"], line.version, row[range], isWithin(line.version, String(row[range]))]).toEqual([row["host"], line.version, row[range], true])
  }
}

/** Malformed requests are answered as the software does by default, wherever they were made. */
export const checkMalformed = ({ line, row }: Met): void => {
  if (row["malformed_response"] === null) {
    expect([row["host"], reasons(row)["malformed_response"]]).toEqual([row["host"], expect.stringMatching(/./)])
    return
  }
  expect([row["host"], row["malformed_response"], row["malformed_differs"]]).toEqual([row["host"], usualWord[line.implementation as keyof typeof usualWord], []])
}

/** ElectrumX since 1.18 pads its replies and holds them back for that; of all others round trips can be measured. */
const isPadded = (line: TruthLine): boolean => line.implementation === "ElectrumX" && isInRange(line.version, { since: "1.18", before: null })

/** Times are known exactly of those that do not pad, and are no shorter than the way there and back. */
export const checkTiming = ({ line, planned, row }: Met): void => {
  const known = [row["latency_ms"] !== null, row["timing_variance"] !== null]
  expect([row["host"], line.version, ...known]).toEqual([row["host"], line.version, ...(isPadded(line) ? [false, false] : [true, true])])
  if (isPadded(line)) {
    expect(reasons(row)).toMatchObject({ latency_ms: expect.stringMatching(/padd/), timing_variance: expect.stringMatching(/padd/) })
    return
  }
  // Timers of this machine may be a millisecond early.
  expect(row["latency_ms"]).toBeGreaterThan(planned.roundTripMs - 1)
  expect(row["timing_variance"]).toBeGreaterThan(0)
}

/**
 * Round trips vary evenly by up to `jitter_ms`. Of two, three or four such values
 * the standard deviation is a third of that, more or less, and at most 0.71 of
 * it; what the machine adds is little beside it, for most servers at least.
 */
export const checkTimings = (met: ReadonlyArray<Met>): void => {
  const measured = met.filter(({ line }) => !isPadded(line))
  const jitterMs = measured[0]!.planned.jitterMs
  const middle = median(measured.map(({ row }) => Number(row["timing_variance"])))
  expect(measured.length).toBeGreaterThan(10)
  expect(middle).toBeGreaterThan(0.1 * jitterMs)
  expect(middle).toBeLessThan(0.71 * jitterMs)
}

/** What a server is set up to say in the replies that the hash is made of; equal texts are equal configurations. */
const configurationOf = ({ line, planned }: Met): string =>
  JSON.stringify([
    line.implementation,
    line.version,
    planned.compact,
    line.protocol_max,
    line.donation === null,
    toldNames(planned.model).map(({ tcp, tls, ws, wss }) => [tcp, tls, ws, wss].map((port) => port !== null)),
    planned.model.hosts
  ])

/** Its list among those that a visit can tell apart; undefined where nobody has looked. */
const groupOf = ({ line, planned }: Met): number | undefined => {
  if (planned.compact) return undefined
  const group = alikeInVisits.findIndex((releases) =>
    releases.map((text) => parseSoftware(text)!).some(({ family, version }) => family === line.implementation && version === line.version))
  return group === -1 ? undefined : group
}

/** One hash for one software and configuration; another for other software, and where what is told differs. */
export const checkFingerprints = (met: ReadonlyArray<Met>): void => {
  const hashOf = ({ row }: Met): string => String(row["fingerprint_hash"])
  const name = ({ line, row }: Met): string => `${String(row["host"])} ${line.implementation} ${line.version}`
  for (const one of met) expect([name(one), hashOf(one)]).toEqual([name(one), expect.stringMatching(/^[0-9a-f]{64}$/)])
  let [equal, other] = [0, 0]
  for (const [i, one] of met.entries()) {
    for (const two of met.slice(i + 1)) {
      const isOne = configurationOf(one) === configurationOf(two)
      const [a, b] = [groupOf(one), groupOf(two)]
      const areApart = one.line.implementation !== two.line.implementation
        || (a !== undefined && b !== undefined && a !== b)
        || (one.line.implementation === "ElectrumX" && (one.line.donation === null) !== (two.line.donation === null))
      if (!isOne && !areApart) continue
      expect([name(one), name(two), hashOf(one) === hashOf(two)]).toEqual([name(one), name(two), isOne])
      if (isOne) equal++
      else other++
    }
  }
  expect(equal).toBeGreaterThan(0)
  expect(other).toBeGreaterThan(100)
}
