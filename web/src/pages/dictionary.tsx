import { Shape } from "../parts/states.tsx"

const DictionaryPage = () => (
  <div class="page">
    <header><h1>Data dictionary</h1></header>
    <Shape />
  </div>
)

export default DictionaryPage
