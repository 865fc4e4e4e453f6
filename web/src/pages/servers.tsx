import { Shape } from "../parts/states.tsx"

const ServersPage = () => (
  <div class="page">
    <header><h1>Servers</h1></header>
    <Shape />
  </div>
)

export default ServersPage
