import { useTexts } from "../client/atlas.ts"
import { Empty, Loading } from "../parts/states.tsx"
import { shown } from "../text/display.ts"

/** How it was found out, with this crawl's figures. */
const MethodologyPage = () => (
  <div class="page">
    <header><h1>Methodology</h1></header>
    <Loading of={useTexts()} lines={12}>
      {({ methodology }) => methodology.length === 0
        ? <Empty run="observatory crawl">There is no crawl to describe yet.</Empty>
        : (
          <div class="prose">
            {methodology.map(({ paragraphs, title }) => (
              <section key={title}>
                <h2>{shown(title)}</h2>
                {paragraphs.map((one, i) => <p key={i}>{shown(one, 6_000)}</p>)}
              </section>
            ))}
          </div>
        )}
    </Loading>
  </div>
)

export default MethodologyPage
