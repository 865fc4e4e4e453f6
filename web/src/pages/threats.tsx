import { Shape } from "../parts/states.tsx"

const ThreatsPage = () => (
  <div class="page">
    <header><h1>Threat model</h1></header>
    <Shape />
  </div>
)

export default ThreatsPage
