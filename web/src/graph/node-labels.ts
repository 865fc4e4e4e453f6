import type { NodeHoverDrawingFunction, NodeLabelDrawingFunction } from "sigma/rendering"
import { mixed, type Palette } from "./palette.ts"

/** What is pointed at is drawn by the focus layer. */
export const drawNothing: NodeHoverDrawingFunction = () => {}

/** Names of servers beside them, names of groups in the middle of theirs, both with a rim in the ground's colour. */
export const labelDrawer = (palette: () => Palette): NodeLabelDrawingFunction => (context, data) => {
  if (!data.label) return
  const { land, quiet, text } = palette()
  const isAnchor = data["isAnchor"] === true
  context.font = isAnchor ? "600 12px system-ui, sans-serif" : "11px system-ui, sans-serif"
  context.textAlign = isAnchor ? "center" : "left"
  context.textBaseline = "middle"
  context.lineJoin = "round"
  context.lineWidth = 3
  context.strokeStyle = land
  context.fillStyle = isAnchor ? quiet : mixed(quiet, text, 0.5)
  const x = isAnchor ? data.x : data.x + data.size + 4
  context.strokeText(data.label, x, data.y)
  context.fillText(data.label, x, data.y)
}
