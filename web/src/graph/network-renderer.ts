import { MultiUndirectedGraph } from "graphology"
import { Sigma } from "sigma"
import { EdgeLineProgram, NodePointProgram } from "sigma/rendering"
import EdgeCurveProgram from "@sigma/edge-curve"
import { createNodeBorderProgram } from "@sigma/node-border"
import { type Camera, largestRatio, smallestRatio, wholePicture } from "./camera.ts"
import { isMotionReduced } from "../state/theme.ts"
import type { Neighbour } from "./adjacency.ts"
import { type Ego, paintFocus, type Spot } from "./focus-layer.ts"
import { type Land, paintLand } from "./land.ts"
import { drawNothing, labelDrawer } from "./node-labels.ts"
import { mixed, type Palette } from "./palette.ts"
import { type Extent, groupLineLook, type NodeLook, type Scene } from "./scene.ts"

/** Above this many servers, points: discs with a rim take ten times as long without a graphics card. */
const maxDiscs = 5_000

/** Browsers refuse an address that changes with every turn of a wheel. */
const restMs = 250

export interface NetworkEvents {
  /** Whom a server names and who names it, of those that are shown. */
  readonly neighboursOf: (index: number) => ReadonlyArray<Neighbour>
  readonly onClick: (index: number, isCompared: boolean) => void
  readonly onBackground: () => void
  /** A line about a server beside its name. */
  readonly noteOf: (index: number) => string
  /** What part is shown, once the picture stands still. */
  readonly onRest: (camera: Camera) => void
}

export interface NetworkRenderer {
  readonly draw: (scene: Scene, extent: Extent, palette: Palette) => void
  /** What stays in question while nothing is pointed at: servers with their lines, and servers that are only marked. */
  readonly focus: (egos: ReadonlyArray<number>, marked: ReadonlyArray<number>) => void
  /** As if the mouse were there; for the keyboard. */
  readonly point: (index: number | null) => void
  readonly flyTo: (index: number) => void
  /** Moves only if the server is not on the screen. */
  readonly show: (index: number) => void
  readonly fit: () => void
  /** Shows a part at once, as an address says it. */
  readonly look: (camera: Camera) => void
  readonly zoom: (factor: number) => void
  /** What is on the screen, with the surface behind it and a line below. */
  readonly png: (line: string) => Promise<Blob>
  readonly close: () => void
}

/** Disc with a rim: the rim parts it from its neighbours, or is all there is of a hollow one. */
const RimmedDisc = createNodeBorderProgram({
  borders: [
    { size: { attribute: "rim", defaultValue: 0.12 }, color: { attribute: "rimColour" } },
    { size: { fill: true }, color: { attribute: "color" } }
  ],
  drawHover: drawNothing,
  drawLabel: undefined
})

const look = (node: NodeLook, palette: Palette, isPoint: boolean) => {
  const paint = node.hollow
    ? isPoint ? { color: mixed(palette.surface, node.colour, 0.5) } : { color: palette.surface, rimColour: node.colour, rim: 0.3 }
    : { color: node.colour, rimColour: node.pinned ? palette.text : node.rim, rim: node.pinned ? 0.3 : 0.14 }
  return { x: node.x, y: node.y, size: node.size, label: node.label, type: isPoint ? "point" : "disc", ...paint }
}

const graphOf = (scene: Scene, palette: Palette): MultiUndirectedGraph => {
  const graph = new MultiUndirectedGraph()
  const isPoint = scene.nodes.length > maxDiscs
  for (const node of scene.nodes) graph.addNode(node.index, look(node, palette, isPoint))
  for (const { group, label, servers, x, y } of scene.anchors) {
    graph.addNode(`group ${group}`, { x, y, size: 0, label, servers, type: isPoint ? "point" : "disc", color: palette.surface, rimColour: palette.surface, forceLabel: true, isAnchor: true })
  }
  const strongest = scene.groupLines[0]?.announcements ?? 1
  for (const { a, announcements, b } of scene.groupLines.toReversed()) {
    const { share, width } = groupLineLook(announcements, strongest)
    graph.addEdge(`group ${a}`, `group ${b}`, { type: "curve", size: width, color: mixed(palette.land, palette.quiet, share) })
  }
  const mutual = mixed(palette.land, palette.accent, 0.5)
  const oneWay = mixed(palette.land, palette.quiet, 0.3)
  for (const [from, to, isMutual] of scene.lines.ends) graph.addEdge(from, to, { type: "hair", size: 1, color: isMutual ? mutual : oneWay })
  return graph
}

/** The picture in `container`: WebGL for what stays, two plain layers for the ground and for what is in question. */
export const networkRenderer = (container: HTMLElement, first: { readonly scene: Scene; readonly extent: Extent; readonly palette: Palette; readonly camera: Camera }, events: NetworkEvents): NetworkRenderer => {
  let { extent, palette, scene } = first
  let looks = new Map(scene.nodes.map((node) => [node.index, node]))
  let land: Land = paintLand(scene, extent, palette)
  let focused: ReadonlyArray<number> = []
  let marked: ReadonlyArray<number> = []
  let hovered: number | null = null

  const sigma = new Sigma(graphOf(scene, palette), container, {
    allowInvalidContainer: true,
    defaultEdgeType: "hair",
    nodeProgramClasses: { disc: RimmedDisc, point: NodePointProgram },
    edgeProgramClasses: { hair: EdgeLineProgram, curve: EdgeCurveProgram },
    defaultDrawNodeHover: drawNothing,
    defaultDrawNodeLabel: labelDrawer(() => palette),
    hideEdgesOnMove: true,
    labelDensity: 0.3,
    labelGridCellSize: 140,
    labelRenderedSizeThreshold: 8,
    labelSize: 11,
    minCameraRatio: smallestRatio,
    maxCameraRatio: largestRatio,
    stagePadding: 36,
    zIndex: false
  })
  sigma.setCustomBBox({ x: [...extent.x], y: [...extent.y] })
  const ground = sigma.createCanvas("land", { beforeLayer: "edges" })
  const question = sigma.createCanvas("focus", { afterLayer: "labels" })
  /** A layer of ours, as large as sigma's, ready for pixels of the page. */
  const blank = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
    const { labels } = sigma.getCanvases()
    const { height, width } = sigma.getDimensions()
    const context = canvas.getContext("2d")!
    if (canvas.width !== labels!.width || canvas.height !== labels!.height) {
      canvas.width = labels!.width
      canvas.height = labels!.height
      canvas.style.width = `${width}px`
      canvas.style.height = `${height}px`
    }
    const ratio = labels!.width / width
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    return context
  }

  /** From the layout's units to pixels; the camera never turns. */
  const view = () => {
    const origin = sigma.graphToViewport({ x: 0, y: 0 })
    const unit = sigma.graphToViewport({ x: 1000, y: 1000 })
    const scaleX = (unit.x - origin.x) / 1000
    const scaleY = (unit.y - origin.y) / 1000
    return { x: (x: number) => origin.x + x * scaleX, y: (y: number) => origin.y + y * scaleY }
  }

  const paintGround = (): void => {
    const at = view()
    const context = blank(ground)
    const left = at.x(land.left)
    const top = at.y(land.top)
    context.drawImage(land.bitmap, left, top, at.x(land.left + land.width) - left, at.y(land.top - land.height) - top)
  }

  const paintQuestion = (): void => {
    const at = view()
    const spot = (node: NodeLook): Spot => ({
      x: at.x(node.x),
      y: at.y(node.y),
      radius: Math.max(2, sigma.scaleSize(node.size)),
      fill: node.hollow ? palette.surface : node.colour,
      rim: node.hollow ? node.colour : palette.surface
    })
    const lookedAt = (indices: ReadonlyArray<number>) => indices.flatMap((index) => looks.get(index) ?? [])
    const egos = lookedAt(hovered === null ? focused : [hovered]).map((node): Ego => ({
      centre: spot(node),
      label: node.label,
      note: events.noteOf(node.index),
      neighbours: events.neighboursOf(node.index).flatMap(({ direction, index }) => {
        const other = looks.get(index)
        return other === undefined ? [] : [{ spot: spot(other), direction }]
      })
    }))
    paintFocus(blank(question), sigma.getDimensions(), egos, hovered === null ? lookedAt(marked).map(spot) : [], palette)
  }

  const paintLayers = (): void => {
    paintGround()
    paintQuestion()
  }
  sigma.on("afterRender", paintLayers)
  paintLayers()

  const serverAt = (node: string): number | null => (node.startsWith("group") ? null : Number(node))
  const hover = (index: number | null): void => {
    if (hovered === index) return
    hovered = index
    container.style.cursor = index === null ? "" : "pointer"
    paintQuestion()
  }
  sigma.on("enterNode", ({ node }) => hover(serverAt(node)))
  sigma.on("leaveNode", () => hover(null))
  sigma.on("clickNode", ({ event, node }) => {
    const index = serverAt(node)
    if (index !== null) events.onClick(index, event.original.shiftKey)
  })
  sigma.on("clickStage", () => events.onBackground())

  const camera = sigma.getCamera()
  camera.setState(first.camera)
  let rest: ReturnType<typeof setTimeout> | undefined
  camera.on("updated", () => {
    clearTimeout(rest)
    rest = setTimeout(() => events.onRest(camera.getState()), restMs)
  })
  const move = (state: Parameters<typeof camera.setState>[0]): void => {
    if (isMotionReduced()) camera.setState(state)
    else void camera.animate(state, { duration: 300 })
  }
  const flyTo = (index: number): void => {
    const position = sigma.getNodeDisplayData(index)
    if (position !== undefined) move({ x: position.x, y: position.y, ratio: Math.min(camera.ratio, 0.35) })
  }

  return {
    draw: (nextScene, nextExtent, nextPalette) => {
      scene = nextScene
      extent = nextExtent
      palette = nextPalette
      looks = new Map(scene.nodes.map((node) => [node.index, node]))
      land = paintLand(scene, extent, palette)
      hovered = null
      sigma.setCustomBBox({ x: [...extent.x], y: [...extent.y] })
      sigma.setGraph(graphOf(scene, palette))
    },
    focus: (egos, marks) => {
      focused = egos
      marked = marks
      paintQuestion()
    },
    point: hover,
    flyTo,
    show: (index) => {
      const node = looks.get(index)
      if (node === undefined) return
      const { height, width } = sigma.getDimensions()
      const { x, y } = sigma.graphToViewport(node)
      if (x < 0 || y < 0 || x > width || y > height) flyTo(index)
    },
    fit: () => move(wholePicture),
    look: (part) => {
      camera.setState(part)
      // It is what the address says already.
      clearTimeout(rest)
    },
    zoom: (factor) => move({ ratio: camera.getBoundedRatio(camera.ratio / factor) }),
    png: (line) => {
      // Drawn anew, because WebGL forgets what it drew once it was on the screen.
      sigma.refresh({ partialGraph: {}, skipIndexation: true })
      const canvases = sigma.getCanvases()
      const { height, width } = canvases["labels"]!
      const whole = document.createElement("canvas")
      whole.width = width
      whole.height = height
      const context = whole.getContext("2d")!
      context.fillStyle = palette.surface
      context.fillRect(0, 0, width, height)
      for (const layer of ["land", "edges", "nodes", "labels", "focus"]) context.drawImage(sigma.getCanvases()[layer] ?? (layer === "land" ? ground : question), 0, 0)
      const ratio = width / sigma.getDimensions().width
      context.font = `${12 * ratio}px system-ui, sans-serif`
      context.fillStyle = palette.quiet
      context.fillText(line, 12 * ratio, height - 12 * ratio)
      return new Promise((resolve, reject) => whole.toBlob((blob) => (blob === null ? reject(new Error("The picture could not be made.")) : resolve(blob)), "image/png"))
    },
    close: () => {
      clearTimeout(rest)
      sigma.kill()
    }
  }
}
