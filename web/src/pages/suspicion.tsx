import { Shape } from "../parts/states.tsx"

const SuspicionPage = () => (
  <div class="page">
    <header><h1>Suspicion</h1></header>
    <Shape />
  </div>
)

export default SuspicionPage
