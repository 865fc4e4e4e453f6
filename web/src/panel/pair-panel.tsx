import type { PairDetail } from "../../../src/atlas/shapes/evidence.ts"
import { usePair } from "../client/atlas.ts"
import { Host } from "../parts/copy-text.tsx"
import { Loading } from "../parts/states.tsx"
import { pageHash, select } from "../state/store.ts"
import { probability } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { PanelFrame } from "./panel-frame.tsx"
import { Waterfall } from "./waterfall.tsx"

const verdict = ({ compared, heldBy, sameOperator }: PairDetail): string => {
  if (!compared) return "Nothing rare is common to both, so no sum was kept. That is no proof of two operators."
  if (sameOperator === null) return "Whether one operator runs both was not asked."
  const held = heldBy === null ? "" : ` It is held down: ${shown(heldBy)}.`
  return sameOperator >= 0.95
    ? `Probably one operator (p ${probability(sameOperator)}).${held}`
    : sameOperator >= 0.5 ? `Perhaps one operator (p ${probability(sameOperator)}): not enough to say so.${held}`
    : `Not said to be one operator (p ${probability(sameOperator)}).${held}`
}

const Side = ({ of }: { readonly of: PairDetail["a"] }) => (
  <button type="button" class="plain side" onClick={() => select({ kind: "server", id: of.serverId })}><Host text={of.host} limit={44} /></button>
)

const questions = (pair: PairDetail): ReadonlyArray<readonly [string, number | null]> => [
  ["one operator", pair.sameOperator],
  ["shared infrastructure, which proves less", pair.sharedInfrastructure],
  ["one machine", pair.sameMachine],
  ["one server under two names", pair.sameServer]
]

const Content = ({ pair }: { readonly pair: PairDetail }) => (
  <>
    <section>
      <p class="verdict">{verdict(pair)}</p>
      <table class="plain-table">
        <thead><tr><th scope="col">Question</th><th scope="col" class="number">p</th></tr></thead>
        <tbody>
          {questions(pair).map(([question, p]) => (
            <tr key={question}><td>{question}</td><td class="number">{p === null ? <span class="quiet">not asked</span> : probability(p)}</td></tr>
          ))}
        </tbody>
      </table>
      {pair.copierId === null ? null : <p>{`Server ${pair.copierId} shows what is the other's, and not the other way round: it may be a copy, or still claim a name that is the other's by now.`}</p>}
    </section>
    {pair.compared || pair.evidence.length > 0 ? <section><h3>Evidence</h3><Waterfall pair={pair} /></section> : null}
    <p><a href={pageHash("watched", { selected: { kind: "pair", a: pair.a.serverId, b: pair.b.serverId } })}>What happened to both, and when</a></p>
  </>
)

/** Two servers and what is said of both. */
export const PairPanel = ({ a, b }: { readonly a: number; readonly b: number }) => {
  const loaded = usePair(a, b)
  const pair = loaded.value
  return (
    <PanelFrame kind="Two servers compared" title={pair === null ? `Servers ${a} and ${b}` : <><Side of={pair.a} /><Side of={pair.b} /></>}>
      <Loading of={loaded}>{(value) => <Content pair={value} />}</Loading>
    </PanelFrame>
  )
}
