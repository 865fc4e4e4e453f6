import { Shape } from "../parts/states.tsx"

const ClustersPage = () => (
  <div class="page">
    <header><h1>Clusters</h1></header>
    <Shape />
  </div>
)

export default ClustersPage
