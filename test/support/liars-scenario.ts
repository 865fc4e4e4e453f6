import { writeFileSync } from "node:fs"
import { join } from "node:path"

/** Ways to misbehave that hashes prove, by the name of the host that does it. */
export const provenLiars = {
  "work-free-tip.liars.test": "work-free-tip",
  "wrong-merkle.liars.test": "wrong-merkle",
  "wrong-transaction.liars.test": "wrong-transaction",
  "shuffled-headers.liars.test": "shuffled-headers",
  "always-genesis.liars.test": "always-genesis"
} as const

/** Ways that look as bad and that nothing proves. */
export const unprovenLiars = {
  "absurd-tip.liars.test": "absurd-tip",
  "wrong-status.liars.test": "wrong-status",
  "wrong-balance.liars.test": "wrong-balance",
  "stale-tip.liars.test": "stale-tip"
} as const

/** Servers that are one operator's by all that linkage knows. */
export const twinHosts = ["one.twins.test", "two.twins.test"] as const

/** Writes a scenario of honest servers, liars of each kind, one that serves a fork of less work, one of another chain, and twins. */
export const writeLiarsScenario = (folder: string): string => {
  const file = join(folder, "liars.json")
  const honest = Array.from({ length: 6 }, (_, i) => ({ host: `honest-${i}.liars.test`, more: {} }))
  const liars = Object.entries({ ...provenLiars, ...unprovenLiars }).map(([host, trait]) => ({ host, more: { traits: [trait] } }))
  const twins = twinHosts.map((host) => ({
    host,
    more: { operator: "twins", key: "twins", donation: "{donation}", certificate: { subject: "CN=localhost" }, banner: "Run by the twins." }
  }))
  const others = [
    { host: "fork.liars.test", more: { lies: [{ lie: "low-work fork" }] } },
    { host: "cash.liars.test", more: { chain: "cash-sim" } }
  ]
  const all = [...honest, ...liars, ...twins, ...others]
  writeFileSync(file, JSON.stringify({
    name: "liars",
    title: "Liars of every kind among honest servers",
    chain: "mainnet-sim",
    seeds: ["honest-0.liars.test:50002:s"],
    round_trip_ms: [2, 5],
    jitter_ms: 1,
    servers: all.map(({ host, more }, i) => ({
      id: host.replaceAll(".", "-"),
      operator: host.replaceAll(".", "-"),
      software: i % 2 === 0 ? "Fulcrum 1.12.0" : "ElectrumX 1.16.0",
      names: [{ host, addresses: [`240.${i + 1}.0.1`], tls: 50002, tcp: 50001 }],
      lists: "everyone",
      ...more
    }))
  }, null, 1))
  return file
}
