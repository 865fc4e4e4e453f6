import { render } from "preact"
import { follow } from "./client/live.ts"
import { App } from "./shell/app.tsx"
import { listenToKeys } from "./shell/keyboard.ts"
import "./style/tokens.css"
import "./style/base.css"
import "./style/shell.css"
import "./style/parts.css"
import "./style/panel.css"
import "./style/table.css"
import "./style/pages.css"
import "./state/theme.ts"

listenToKeys()
follow()
render(<App />, document.getElementById("app")!)
