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

/** Releases that a regular visit alone can tell apart; those in one list behave alike in it. */
export const alikeInVisits = [
  ["ElectrumX 1.10.0"],
  ["ElectrumX 1.13.0", "ElectrumX 1.16.0"],
  ["ElectrumX 1.17.0"],
  ["ElectrumX 1.18.0"],
  ["ElectrumX 1.19.0", "ElectrumX 1.20.0"],
  ["Fulcrum 1.4.1"],
  ["Fulcrum 1.8.2"],
  ["Fulcrum 1.9.1"],
  ["Fulcrum 1.12.0", "Fulcrum 2.0.0"],
  ["Fulcrum 2.1.0", "Fulcrum 2.1.1"],
  ["electrs/0.9.10", "electrs/0.10.9"],
  ["electrs-esplora 0.4.1"],
  ["mempool-electrs 3.1.0"]
]
