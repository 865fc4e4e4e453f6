import type { Implementation, ReleaseRange } from "../../domain/implementation.ts"
import { any, before, since } from "../identification/rule.ts"

/** A form of answer: a result, a list, silence, the end of the connection, or an error by code and sentence. */
export type AnswerForm = "answered" | "list" | "silence" | "closed" | readonly [code: number, sentence: RegExp]

/** An answer, and the releases that give it. */
export type Expected = readonly [AnswerForm, ReleaseRange]

type ByImplementation = Readonly<Record<Implementation, ReadonlyArray<Expected>>>

const always = (form: AnswerForm): ReadonlyArray<Expected> => [[form, any]]

const electrs = (romanz: AnswerForm, blockstream: AnswerForm, mempool: AnswerForm) => ({
  "romanz electrs": always(romanz),
  "Blockstream electrs": always(blockstream),
  "mempool electrs": always(mempool)
})

/** Fulcrum before 1.6 has no batches (Fulcrum 1.5, RPC.cpp). */
const batchFrom16 = (form: AnswerForm): ReadonlyArray<Expected> => [
  [form, since("1.6")],
  [[-31999, /^Json Error: /], before("1.6")],
  [[-32700, /^Failed to parse/], before("1.6")]
]

/**
 * What software answers by default to what is malformed (protocol-facts, section
 * 6; rows in the catalogue). Probes that are not here are not compared.
 */
export const expectedAnswers: Readonly<Record<string, ByImplementation>> = {
  "no-jsonrpc": { ElectrumX: always("answered"), Fulcrum: always("answered"), ...electrs("answered", "answered", "answered") },
  "jsonrpc-1.0": {
    ElectrumX: always("answered"),
    Fulcrum: [["answered", since("1.6")], [[-32600, /^Expected jsonrpc version/], before("1.6")]],
    ...electrs("answered", "answered", "answered")
  },
  "id-text": { ElectrumX: always("answered"), Fulcrum: always("answered"), ...electrs("answered", "answered", "answered") },
  "id-fraction": {
    ElectrumX: always("answered"),
    Fulcrum: always([-32600, /^Error parsing JSON key "id"/]),
    ...electrs("answered", "answered", "answered")
  },
  "extra-key": {
    ElectrumX: always("answered"),
    Fulcrum: always([-32600, /^Invalid request$/]),
    ...electrs("answered", "answered", "answered")
  },
  batch: { ElectrumX: always("list"), Fulcrum: batchFrom16("list"), ...electrs("list", "closed", "list") },
  "unknown-method": {
    ElectrumX: always([-32601, /^unknown method "/]),
    Fulcrum: always([-32601, /^Unsupported request: /]),
    ...electrs([-32601, /^method not found$/], "closed", [1, / RPC error: unknown method /])
  },
  "too-many-params": {
    ElectrumX: [[[-32602, /^[0-9]+ arguments? passed to method /], before("2.0")], ["answered", since("2.0")]],
    Fulcrum: always([-32602, /^Expected at most 0 parameters /]),
    ...electrs("answered", "answered", "answered")
  },
  "params-text": {
    ElectrumX: always([-32602, /^invalid request arguments: /]),
    Fulcrum: always([-32600, /^Invalid params$/]),
    ...electrs("answered", "closed", [-32600, /^invalid request/])
  },
  "empty-batch": {
    ElectrumX: always([-32600, /^batch is empty$/]),
    Fulcrum: batchFrom16([-32600, /^Invalid request$/]),
    ...electrs("list", "closed", "list")
  },
  "id-null": { ElectrumX: always("silence"), Fulcrum: always("answered"), ...electrs("answered", "answered", "answered") },
  "invalid-json": {
    ElectrumX: always([-32700, /^invalid JSON$/]),
    Fulcrum: [[[-32700, /^Failed to parse Json/], any], [[-32700, /./], before("1.6")]],
    ...electrs([-32700, /^parse error$/], "closed", [-32600, /^invalid request/])
  }
}
