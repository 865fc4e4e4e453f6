import type { Implementation } from "../../src/domain/implementation.ts"

/** Releases that are simulated. */
export const simulatedReleases: Readonly<Record<Implementation, ReadonlyArray<string>>> = {
  ElectrumX: ["1.10.0", "1.13.0", "1.15.0", "1.16.0", "1.17.0", "1.18.0", "1.19.0", "1.20.0", "2.0b1"],
  Fulcrum: ["1.0.4", "1.1.0", "1.2.0", "1.4.1", "1.5.4", "1.8.2", "1.9.1", "1.9.4", "1.9.6", "1.9.8", "1.12.0", "2.0.0", "2.1.0", "2.1.1"],
  "romanz electrs": ["0.9.10", "0.10.9", "0.11.0", "0.11.1"],
  "Blockstream electrs": ["0.4.1"],
  "mempool electrs": ["3.1.0"]
}

const textOf: Readonly<Record<Implementation, (release: string) => string>> = {
  ElectrumX: (release) => `ElectrumX ${release}`,
  Fulcrum: (release) => `Fulcrum ${release}`,
  "romanz electrs": (release) => `electrs/${release}`,
  "Blockstream electrs": (release) => `electrs-esplora ${release}`,
  "mempool electrs": (release) => `mempool-electrs ${release}`
}

/** Every simulated release with what it calls itself. */
export const allReleases = (Object.keys(simulatedReleases) as ReadonlyArray<Implementation>).flatMap((implementation) =>
  simulatedReleases[implementation].map((release) => ({ implementation, release, software: textOf[implementation](release) }))
)
