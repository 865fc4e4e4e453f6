import type { Implementation } from "../../domain/implementation.ts"
import { medianOfSorted } from "../../domain/median.ts"

/** A tip that arrived over a held connection. */
export interface TipArrivalRow {
  readonly server_id: number
  readonly run_id: number
  readonly height: number
  readonly block_hash: string
  /** Milliseconds of the run's steady clock. */
  readonly steady_ms: number
}

/** Of fewer servers no median is worth comparing with. */
const leastServers = 3

/** Rounds in which what is usual for a server and when a block came are told apart. */
const rounds = 4

/** ElectrumX and Blockstream's electrs look for a new block every five seconds. */
const beatMs = 5_000

/** Neighbours by the phase of the beat, on either side, that say what is usual at it. */
const besides = 6

const prompt: ReadonlySet<string> = new Set<Implementation>(["Fulcrum", "romanz electrs"])

/** Whether servers of an implementation hear of a block as soon as their node has it. The others look for it at a beat. */
export const isPrompt = (implementation: string | null): boolean => implementation !== null && prompt.has(implementation)

/** Blocks of half a week say enough, and all pairs are compared over all of them. */
const mostBlocks = 504

/** By block -> when one server showed it, or how much later than usual that was; in milliseconds. */
type Times = ReadonlyMap<string, number>

/** What servers showed, by number of server and of block; NaN where one did not show it. */
interface Shown {
  readonly blocks: ReadonlyArray<string>
  readonly servers: ReadonlyArray<number>
  readonly times: ReadonlyArray<Float64Array>
}

/** The middle of what is known; 0 where nothing is. */
const middle = (values: Float64Array): number => medianOfSorted(values.filter((value) => !Number.isNaN(value)).sort()) ?? 0

/** By when servers showed them, in the middle: a height can be made up. */
const latest = (blocks: ReadonlyArray<string>, arrivals: ReadonlyMap<number, Times>): ReadonlyArray<string> =>
  blocks.map((block) => ({ block, at: middle(Float64Array.from(arrivals.values(), (times) => times.get(block) ?? Number.NaN)) }))
    .toSorted((a, b) => a.at - b.at).slice(-mostBlocks).map(({ block }) => block)

/** Without blocks that few show, which are branches, or made up. */
const shownIn = (arrivals: ReadonlyMap<number, Times>): Shown => {
  const showing = new Map<string, number>()
  for (const times of arrivals.values()) for (const block of times.keys()) showing.set(block, (showing.get(block) ?? 0) + 1)
  const usual = [...showing].flatMap(([block, servers]) => servers >= leastServers && 2 * servers >= arrivals.size ? [block] : [])
  const blocks = usual.length <= mostBlocks ? usual : latest(usual, arrivals)
  const servers = [...arrivals.keys()].toSorted((a, b) => a - b)
  return { blocks, servers, times: servers.map((server) => Float64Array.from(blocks, (block) => arrivals.get(server)!.get(block) ?? Number.NaN)) }
}

/**
 * When each block came, and by how much later than its usual each server showed it:
 * what distance, line and software add every time is taken off. All count the same:
 * if steady ones counted for more, those at one node would become when blocks come.
 */
const lateness = ({ blocks, times }: Shown): { readonly came: Float64Array; readonly late: ReadonlyArray<Float64Array> } => {
  const first = times[0] ?? new Float64Array(blocks.length)
  let usual = times.map((own) => middle(own.map((ms, block) => ms - first[block]!)))
  let came = new Float64Array(blocks.length)
  for (let round = 0; round < rounds; round++) {
    came = Float64Array.from(blocks, (_, block) => middle(Float64Array.from(times, (own, server) => own[block]! - usual[server]!)))
    usual = times.map((own) => middle(own.map((ms, block) => ms - came[block]!)))
  }
  return { came, late: times.map((own, server) => own.map((ms, block) => ms - came[block]! - usual[server]!)) }
}

/**
 * Without what the beat explains at which a server looks for blocks: who looks at the
 * same moments as another is late with it, whichever node it asks. What is usual at a
 * phase of the beat is the median of its neighbours in phase.
 */
const withoutBeat = (late: Float64Array, came: Float64Array): Float64Array => {
  const byPhase = late.keys().filter((block) => !Number.isNaN(late[block]!)).toArray().sort((a, b) => came[a]! % beatMs - came[b]! % beatMs)
  const count = byPhase.length
  if (count < 6 * besides) return late
  const steps = Array.from({ length: besides }, (_, i) => [i + 1, count - i - 1]).flat()
  const without = late.slice()
  byPhase.forEach((block, place) => {
    without[block] = late[block]! - middle(Float64Array.from(steps, (step) => late[byPhase[(place + step) % count]!]!))
  })
  return without
}

/**
 * By server: block -> milliseconds by which its tip came later (earlier: negative)
 * than is usual for it, measured by when all servers of the run showed it, and without
 * what the beat explains at which its implementation looks for blocks. Servers of
 * which the implementation is not known are left out.
 */
export const tipResidualsOf = (
  arrivals: ReadonlyArray<TipArrivalRow>,
  implementationOf: ReadonlyMap<number, string | null>
): ReadonlyMap<number, Times> => {
  const residuals = new Map<number, Map<string, number>>()
  for (const ofRun of Map.groupBy(arrivals, ({ run_id }) => run_id).values()) {
    const times = new Map<number, Map<string, number>>()
    for (const { block_hash, server_id, steady_ms } of ofRun) {
      if ((implementationOf.get(server_id) ?? null) === null) continue
      const own = times.get(server_id) ?? new Map<string, number>()
      times.set(server_id, own)
      own.set(block_hash, Math.min(own.get(block_hash) ?? Infinity, steady_ms))
    }
    const shown = shownIn(times)
    const { came, late } = lateness(shown)
    shown.servers.forEach((server, i) => {
      const known = residuals.get(server) ?? new Map<string, number>()
      residuals.set(server, known)
      const own = isPrompt(implementationOf.get(server)!) ? late[i]! : withoutBeat(late[i]!, came)
      shown.blocks.forEach((block, at) => {
        if (!Number.isNaN(own[at]!) && !known.has(block)) known.set(block, own[at]!)
      })
    })
  }
  return residuals
}
