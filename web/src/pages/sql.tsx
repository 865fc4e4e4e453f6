import { Shape } from "../parts/states.tsx"

const SqlPage = () => (
  <div class="page">
    <header><h1>SQL</h1></header>
    <Shape />
  </div>
)

export default SqlPage
