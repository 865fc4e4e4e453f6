import type { Behaviour, SeenReply } from "./behaviour.ts"
import { any, before, electrsFamily, esploraFamily, type Finding, type Fits, type Rule, since } from "./rule.ts"

const blockstream: Fits = { "Blockstream electrs": any }
const notElectrumx: Fits = { Fulcrum: any, ...electrsFamily }
const notFulcrum: Fits = { ElectrumX: any, ...electrsFamily }

/** A rule about the reply to one question of deep visits; without such a visit it finds nothing. */
const onDeep = (name: string, probe: string, source: string, look: (reply: SeenReply) => Finding | null): Rule => ({
  name,
  effort: "form",
  source,
  look: ({ deep }) => {
    const reply = deep?.get(probe)
    return reply === undefined ? null : look(reply)
  }
})

/** What its being answered, refused or ended says; a text of a refusal has a rule of its own. */
const onOutcome = (
  name: string,
  probe: string,
  source: string,
  fits: Readonly<Partial<Record<SeenReply["outcome"], readonly [saw: string, fits: Fits]>>>
): Rule =>
  onDeep(name, probe, source, ({ outcome }) => {
    const found = fits[outcome]
    return found === undefined ? null : { saw: found[0], fits: found[1] }
  })

/** Ended by any of these, while well-formed questions are answered. */
const ending = ["unknown-method", "batch", "params-text", "empty-batch"] as const

const endsMalformed = ({ deep }: Behaviour): Finding | null => {
  if (deep === undefined) return null
  const ended = ending.filter((probe) => deep.get(probe)?.outcome === "closed").length
  // One may be an accident.
  return ended >= 2 ? { saw: "the connection ends", fits: blockstream } : null
}

const answeredEarly: Fits = { ElectrumX: before("1.19"), ...notElectrumx }
const takesMore: Fits = { ElectrumX: since("1.19"), Fulcrum: since("2.1"), ...esploraFamily }
const takesNoMore: Fits = { ElectrumX: before("1.19"), Fulcrum: before("2.1"), "romanz electrs": any }
const oldForm: Fits = { ElectrumX: any }
const newForm: Fits = { Fulcrum: any, ...electrsFamily }
const batchSpaced: Fits = { ElectrumX: any }
const batchCompact: Fits = { Fulcrum: since("1.6"), "romanz electrs": any, "mempool electrs": any }
const countsArguments: Fits = { ElectrumX: before("2.0"), Fulcrum: any }
const emptyList: Fits = { "romanz electrs": any, "mempool electrs": any }
const ignoresText: Fits = { "romanz electrs": any }

/** What deep visits add: malformed envelopes, other dialects, questions out of turn. */
export const deepRules: ReadonlyArray<Rule> = [
  { name: "end on what is malformed", effort: "form", source: "1.5 and 6, row 16", look: endsMalformed },
  onOutcome("question before the handshake", "before-version", "1.6", { ok: ["answered", answeredEarly] }),
  onOutcome("handshake with too much", "version-extra", "6, row 8", {
    ok: ["answered", takesMore],
    error: ["refused", takesNoMore]
  }),
  onDeep("handshake in JSON-RPC 1.0", "jsonrpc-1.0", "6, row 39", ({ outcome, raw }) => {
    if (outcome !== "ok" || raw === null) return null
    if (/^\{"result": ?\[.*\], ?"error": ?null, ?"id": ?[0-9]+ ?\}$/s.test(raw)) return { saw: "answered in the form of 1.0", fits: oldForm }
    return /"jsonrpc": ?"2\.0"/.test(raw) ? { saw: "answered in the form of 2.0", fits: newForm } : { saw: "in a form of no known software", fits: {} }
  }),
  onOutcome("id that is a fraction", "id-fraction", "6, row 33", { ok: ["echoed", notFulcrum] }),
  onOutcome("key too much", "extra-key", "6, row 37", { ok: ["ignored", notFulcrum] }),
  onOutcome("id that is null", "id-null", "6, row 32", { ok: ["answered", notElectrumx] }),
  onOutcome("empty batch", "empty-batch", "6, row 29", { ok: ["an empty list", emptyList] }),
  onOutcome("text for parameters", "params-text", "6, row 21", { ok: ["ignored", ignoresText] }),
  onOutcome("parameter too much", "too-many-params", "6, row 15", { error: ["refused", countsArguments] }),
  onDeep("batch of two", "batch", "1.4", ({ outcome, raw }) => {
    if (outcome !== "ok" || raw === null || !raw.startsWith("[")) return null
    return /\}, \{/.test(raw) ? { saw: "joined with a space", fits: batchSpaced } : { saw: "joined without a space", fits: batchCompact }
  })
]
