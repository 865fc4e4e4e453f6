import { Shape } from "../parts/states.tsx"

const OverviewPage = () => (
  <div class="page">
    <header><h1>Overview</h1></header>
    <Shape />
  </div>
)

export default OverviewPage
