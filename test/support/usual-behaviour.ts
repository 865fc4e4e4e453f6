import type { Implementation } from "../../src/domain/implementation.ts"
import type { MalformedWord } from "../../src/domain/malformed-facts.ts"

/** What each family makes of malformed requests, all in all. */
export const usualWord: Readonly<Record<Implementation, MalformedWord>> = {
  ElectrumX: "error",
  Fulcrum: "error",
  "romanz electrs": "error",
  "Blockstream electrs": "closed",
  "mempool electrs": "error"
}

/** Simulated releases, in order; those in one list answer a regular visit alike. */
export const alikeInVisits = [
  ["ElectrumX 1.10.0", "ElectrumX 1.10.1", "ElectrumX 1.11.0"],
  ["ElectrumX 1.12.0"],
  ["ElectrumX 1.13.0", "ElectrumX 1.14.0", "ElectrumX 1.15.0", "ElectrumX 1.16.0"],
  ["ElectrumX 1.17.0"],
  ["ElectrumX 1.18.0"],
  ["ElectrumX 1.19.0", "ElectrumX 1.20.0", "ElectrumX 1.20.1", "ElectrumX 1.20.2", "ElectrumX 2.0b1"],
  ["Fulcrum 1.0.0", "Fulcrum 1.0.4"],
  ["Fulcrum 1.0.5", "Fulcrum 1.1.0"],
  ["Fulcrum 1.2.0", "Fulcrum 1.3.0", "Fulcrum 1.3.2", "Fulcrum 1.4.1"],
  ["Fulcrum 1.5.0", "Fulcrum 1.5.4", "Fulcrum 1.6.0", "Fulcrum 1.7.0", "Fulcrum 1.8.2"],
  ["Fulcrum 1.9.0", "Fulcrum 1.9.1"],
  ["Fulcrum 1.9.2"],
  ["Fulcrum 1.9.6", "Fulcrum 1.9.8"],
  ["Fulcrum 1.10.0", "Fulcrum 1.11.0", "Fulcrum 1.11.1", "Fulcrum 1.12.0", "Fulcrum 2.0.0"],
  ["Fulcrum 2.1.0", "Fulcrum 2.1.1"],
  ["electrs/0.9.0", "electrs/0.9.10", "electrs/0.9.14", "electrs/0.10.0", "electrs/0.10.9", "electrs/0.10.10", "electrs/0.11.0", "electrs/0.11.1", "electrs/0.11.2"],
  ["electrs-esplora 0.4.1"],
  ["mempool-electrs 3.1.0"]
]
