import { render } from "preact"
import "./style/tokens.css"

render(<main><h1>Electrum Observatory</h1></main>, document.getElementById("app")!)
