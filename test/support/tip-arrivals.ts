import { seededRandom } from "../../src/analysis/seeded-random.ts"
import type { TipArrivalRow } from "../../src/analysis/traits/tip-residuals.ts"

/** A watched server as tests plant it. */
export interface PlantedServer {
  readonly node: number
  readonly implementation: "Fulcrum" | "ElectrumX"
}

/** What happens between a block and who shows it. */
export interface PlantedLateness {
  readonly blocks?: number
  /** Mean milliseconds, by node, until it hears of a block, beside 150. */
  readonly mean: (node: number) => number
  /** Milliseconds by which a block is late for a node beside that, e.g. a slow block for slow nodes. */
  readonly more?: (node: number, block: number) => number
  /** Where in its beat an ElectrumX looks for blocks and reads its mempool, milliseconds; at moments of its own if nothing is said. */
  readonly beat?: (server: number) => readonly [blocks: number, mempool: number]
}

const beatMs = 5_000

const nextBeat = (now: number, phase: number): number => now + beatMs - ((now - phase) % beatMs + beatMs) % beatMs

/** Arrivals as servers with numbers from 1 on show them; each line adds a time of its own. */
export const plantedArrivals = (
  servers: ReadonlyArray<PlantedServer>,
  { beat, blocks = 140, mean, more = () => 0 }: PlantedLateness,
  randomSeed = 1
): ReadonlyArray<TipArrivalRow> => {
  const random = seededRandom(randomSeed)
  const wait = (ms: number): number => -ms * Math.log(1 - random())
  const lines = servers.map(() => 10 + 200 * random())
  const beats = servers.map((_, server) => beat?.(server) ?? [beatMs * random(), beatMs * random()] as const)
  const nodes = [...new Set(servers.map(({ node }) => node))]
  let found = 0
  return Array.from({ length: blocks }, (_, block) => {
    found += wait(600_000)
    const heard = new Map(nodes.map((node) => [node, found + 150 + wait(mean(node)) + more(node, block)]))
    return servers.map(({ implementation, node }, server): TipArrivalRow => {
      const at = heard.get(node)!
      const shown = implementation === "Fulcrum" ? at + 650 + 100 * random() : nextBeat(nextBeat(at, beats[server]![0]), beats[server]![1])
      return { server_id: server + 1, run_id: 1, height: block, block_hash: `block ${block}`, steady_ms: shown + lines[server]! + 3 * random() }
    })
  }).flat()
}
