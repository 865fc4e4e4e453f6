import { Shape } from "../parts/states.tsx"

const ExposurePage = () => (
  <div class="page">
    <header><h1>Exposure</h1></header>
    <Shape />
  </div>
)

export default ExposurePage
