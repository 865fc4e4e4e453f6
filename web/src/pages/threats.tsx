import type { ThreatRow } from "../../../src/atlas/shapes/text.ts"
import { useTexts } from "../client/atlas.ts"
import { Empty, Loading } from "../parts/states.tsx"
import { pageHash } from "../state/store.ts"
import { shown } from "../text/display.ts"

const Threat = ({ of }: { readonly of: ThreatRow }) => (
  <section class="threat">
    <h2>{shown(of.capability, 200)}</h2>
    <dl>
      <div><dt>Sees</dt><dd>{shown(of.sees, 1_500)}</dd></div>
      <div><dt>Our figure</dt><dd>{shown(of.figure, 1_500)}{of.query === null ? null : <>{" "}<a href={pageHash("sql", { own: { query: of.query } })}>{of.query}</a></>}</dd></div>
      <div><dt>We cannot observe</dt><dd>{shown(of.cannotObserve, 1_500)}</dd></div>
    </dl>
  </section>
)

/** Who can do what, what they see, our figure for it, and what we cannot know. */
const ThreatsPage = () => (
  <div class="page">
    <header>
      <h1>Threat model</h1>
      <p>Who could do what with what a wallet shows; our figure for it, where we have one; and what nobody can see from outside.</p>
    </header>
    <Loading of={useTexts()} lines={10}>
      {({ threatModel }) => threatModel.length === 0
        ? <Empty run="observatory analyze">The threat model needs the figures of an analysed crawl.</Empty>
        : <div class="threats">{threatModel.map((row) => <Threat key={row.capability} of={row} />)}</div>}
    </Loading>
  </div>
)

export default ThreatsPage
