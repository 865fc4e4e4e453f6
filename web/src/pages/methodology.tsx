import { Shape } from "../parts/states.tsx"

const MethodologyPage = () => (
  <div class="page">
    <header><h1>Methodology</h1></header>
    <Shape />
  </div>
)

export default MethodologyPage
