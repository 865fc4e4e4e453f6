import { writeFileSync } from "node:fs"
import { join } from "node:path"

/**
 * Writes a scenario of complete, never changing peer lists: what a crawl finds
 * in it does not depend on chance. A third of the servers has TLS and TCP, a
 * third TLS only, a third TCP only; every seventh is gone.
 */
export const writeFixedScenario = (folder: string, servers: number): string => {
  const ids = Array.from({ length: servers }, (_, i) => `server-${i}`)
  const file = join(folder, "fixed.json")
  writeFileSync(file, JSON.stringify({
    name: "fixed",
    title: "Complete lists that never change",
    chain: "mainnet-sim",
    seeds: ["s0.fixed.test:50002:s"],
    round_trip_ms: [5, 30],
    jitter_ms: 2,
    servers: ids.map((id, i) => ({
      id,
      operator: id,
      software: i % 2 === 0 ? "Fulcrum 1.12.0" : "ElectrumX 1.16.0",
      names: [{
        host: `s${i}.fixed.test`,
        addresses: [`240.${i}.0.1`],
        ...(i % 3 !== 2 ? { tls: 50002 } : {}),
        ...(i % 3 !== 1 ? { tcp: 50001 } : {})
      }],
      // A chain of introductions with shortcuts, so that discovery takes a few steps.
      lists: ids.filter((_, j) => j !== i && (j === i + 1 || j === 2 * i + 1 || j % 7 === i % 7)),
      ...(i > 0 && i % 7 === 0 ? { fails: i % 2 === 0 ? "refused" : "unreachable" } : {})
    }))
  }, null, 1))
  return file
}
