import type { Palette } from "./palette.ts"
import type { Extent, Scene } from "./scene.ts"

/** The ground that servers stand on, drawn once and then only moved. */
export interface Land {
  readonly bitmap: HTMLCanvasElement
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const pixels = 1400

/** One soft shape around all servers that are shown: what is near is one ground, islands are islands. */
export const paintLand = (scene: Scene, extent: Extent, palette: Palette): Land => {
  const spanX = extent.x[1] - extent.x[0]
  const spanY = extent.y[1] - extent.y[0]
  const span = Math.max(spanX, spanY)
  const reach = Math.min(span / 14.5, (span / Math.sqrt(Math.max(1, scene.nodes.length))) * 0.95)
  const left = extent.x[0] - 2 * reach
  const top = extent.y[1] + 2 * reach
  const width = spanX + 4 * reach
  const height = spanY + 4 * reach
  const scale = pixels / Math.max(width, height)
  const bitmap = document.createElement("canvas")
  bitmap.width = Math.ceil(width * scale)
  bitmap.height = Math.ceil(height * scale)
  const context = bitmap.getContext("2d")!
  const fill = (radius: number, colour: string): void => {
    context.fillStyle = colour
    context.beginPath()
    for (const node of scene.nodes) {
      const x = (node.x - left) * scale
      const y = (top - node.y) * scale
      context.moveTo(x + radius, y)
      context.arc(x, y, radius, 0, 2 * Math.PI)
    }
    context.fill()
  }
  fill(reach * scale + 1.5, palette.coast)
  fill(reach * scale, palette.land)
  return { bitmap, left, top, width, height }
}
