import type { Direction } from "./adjacency.ts"
import { mixed, type Palette } from "./palette.ts"

/** A server on the screen. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly fill: string
  readonly rim: string
}

/** One server in question with the lines to those it names or that name it. */
export interface Ego {
  readonly centre: Spot
  readonly label: string
  readonly note: string
  readonly neighbours: ReadonlyArray<{ readonly spot: Spot; readonly direction: Direction }>
}

/** How each kind of line is drawn; the key under the picture shows the same. */
export const strokes: ReadonlyArray<{ readonly direction: Direction; readonly dash: ReadonlyArray<number>; readonly width: number; readonly strength: number }> = [
  { direction: "named by", dash: [2, 3], width: 1, strength: 0.5 },
  { direction: "names", dash: [], width: 1, strength: 0.4 },
  { direction: "mutual", dash: [], width: 1.4, strength: 0.85 }
]

interface Size {
  readonly width: number
  readonly height: number
}

const paintDot = (context: CanvasRenderingContext2D, { fill, radius, rim, x, y }: Spot, width: number): void => {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = fill
  context.fill()
  context.lineWidth = width
  context.strokeStyle = rim
  context.stroke()
}

const paintName = (context: CanvasRenderingContext2D, size: Size, { centre, label, note }: Ego, palette: Palette): void => {
  context.textBaseline = "middle"
  context.textAlign = "left"
  const bold = "600 13px system-ui, sans-serif"
  const light = "12px system-ui, sans-serif"
  context.font = bold
  let width = context.measureText(label).width
  context.font = light
  width = Math.max(width, context.measureText(note).width) + 14
  const height = note === "" ? 24 : 40
  const x = Math.max(4, Math.min(centre.x + centre.radius + 8, size.width - width - 4))
  const y = Math.max(4, Math.min(centre.y - height - centre.radius - 6, size.height - height - 4))
  context.fillStyle = palette.surface
  context.strokeStyle = palette.line
  context.lineWidth = 1
  context.beginPath()
  context.roundRect(x, y, width, height, 4)
  context.fill()
  context.stroke()
  context.font = bold
  context.fillStyle = palette.text
  context.fillText(label, x + 7, y + 13)
  context.font = light
  context.fillStyle = palette.quiet
  context.fillText(note, x + 7, y + 29)
}

/**
 * Draws what is in question on a blank layer, above a veil over the rest. Takes
 * time with its neighbours, not with the network, so pointing at servers is cheap.
 */
export const paintFocus = (context: CanvasRenderingContext2D, size: Size, egos: ReadonlyArray<Ego>, marked: ReadonlyArray<Spot>, palette: Palette): void => {
  if (egos.length === 0 && marked.length === 0) return
  context.globalAlpha = 0.66
  context.fillStyle = palette.surface
  context.fillRect(0, 0, size.width, size.height)
  context.globalAlpha = 1
  for (const { dash, direction, strength, width } of strokes) {
    context.setLineDash([...dash])
    context.lineWidth = width
    context.strokeStyle = mixed(palette.surface, palette.accent, strength)
    context.beginPath()
    for (const { centre, neighbours } of egos) {
      for (const neighbour of neighbours) {
        if (neighbour.direction !== direction) continue
        context.moveTo(centre.x, centre.y)
        context.lineTo(neighbour.spot.x, neighbour.spot.y)
      }
    }
    context.stroke()
  }
  context.setLineDash([])
  for (const ego of egos) for (const { spot } of ego.neighbours) paintDot(context, spot, 1.2)
  for (const spot of marked) paintDot(context, { ...spot, radius: spot.radius + 1, rim: palette.text }, 1.5)
  for (const { centre } of egos) paintDot(context, { ...centre, radius: centre.radius + 2, rim: palette.text }, 2)
  for (const ego of egos) paintName(context, size, ego, palette)
}
