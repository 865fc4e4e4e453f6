import { Shape } from "../parts/states.tsx"

const MapPage = () => (
  <div class="page">
    <header><h1>Map</h1></header>
    <Shape />
  </div>
)

export default MapPage
