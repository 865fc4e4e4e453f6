import { shown } from "../text/display.ts"
import { mixed, type Palette } from "./palette.ts"
import { type Extent, extentOf, groupLineLook, type Scene } from "./scene.ts"

const escaped = (text: string): string =>
  shown(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** What an exported picture says of itself. */
export interface Origin {
  readonly title: string
  readonly simulated: boolean
}

/** The whole picture as a file of its own, without scripts or references. */
export const pictureSvg = (scene: Scene, extent: Extent, palette: Palette, { simulated, title }: Origin): string => {
  const margin = 40
  const span = Math.max(extent.x[1] - extent.x[0], extent.y[1] - extent.y[0])
  const scale = 1200 / span
  const width = Math.ceil((extent.x[1] - extent.x[0]) * scale) + 2 * margin
  const height = Math.ceil((extent.y[1] - extent.y[0]) * scale) + 2 * margin + 24
  const x = (value: number): string => ((value - extent.x[0]) * scale + margin).toFixed(1)
  const y = (value: number): string => ((extent.y[1] - value) * scale + margin).toFixed(1)
  const anchorOf = new Map(scene.anchors.map((anchor) => [anchor.group, anchor]))
  const nodeOf = new Map(scene.nodes.map((node) => [node.index, node]))
  const strongest = scene.groupLines[0]?.announcements ?? 1
  const groupLines = scene.groupLines.toReversed().flatMap(({ a, announcements, b }) => {
    const from = anchorOf.get(a)
    const to = anchorOf.get(b)
    if (from === undefined || to === undefined) return []
    const { share, width } = groupLineLook(announcements, strongest)
    return [`<line x1="${x(from.x)}" y1="${y(from.y)}" x2="${x(to.x)}" y2="${y(to.y)}" stroke="${mixed(palette.surface, palette.quiet, share)}" stroke-width="${width.toFixed(1)}"/>`]
  })
  const lines = scene.lines.ends.flatMap(([a, b, isMutual]) => {
    const from = nodeOf.get(a)
    const to = nodeOf.get(b)
    if (from === undefined || to === undefined) return []
    return [`<line x1="${x(from.x)}" y1="${y(from.y)}" x2="${x(to.x)}" y2="${y(to.y)}" stroke="${mixed(palette.surface, isMutual ? palette.accent : palette.quiet, isMutual ? 0.5 : 0.3)}" stroke-width="0.5"/>`]
  })
  const nodes = scene.nodes.map((node) =>
    `<circle cx="${x(node.x)}" cy="${y(node.y)}" r="${node.size.toFixed(1)}" fill="${node.hollow ? palette.surface : node.colour}" stroke="${node.hollow ? node.colour : palette.surface}"><title>${escaped(node.label)}</title></circle>`)
  const labels = scene.anchors.map((anchor) =>
    `<text x="${x(anchor.x)}" y="${y(anchor.y)}" fill="${palette.quiet}" font-size="13" font-weight="600" text-anchor="middle">${escaped(anchor.label)}</text>`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${palette.surface}"/>`,
    ...groupLines, ...lines, ...nodes, ...labels,
    `<text x="${margin}" y="${height - 14}" fill="${palette.quiet}" font-size="13">${escaped(`${simulated ? "SIMULATED · " : ""}${title}`)}</text>`,
    "</svg>",
    ""
  ].join("\n")
}

/** The box of what is shown, for pictures that are cut to it. */
export const sceneExtent = (scene: Scene): Extent => extentOf(scene.nodes.map(({ x }) => x), scene.nodes.map(({ y }) => y))
