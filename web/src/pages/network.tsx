import { Shape } from "../parts/states.tsx"

const NetworkPage = () => (
  <div class="page">
    <header><h1>Network</h1></header>
    <Shape />
  </div>
)

export default NetworkPage
