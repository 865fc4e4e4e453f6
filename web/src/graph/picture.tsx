import { useEffect, useRef } from "preact/hooks"
import type { RefObject } from "preact"
import type { Camera } from "./camera.ts"
import { networkRenderer, type NetworkEvents, type NetworkRenderer } from "./network-renderer.ts"
import type { Palette } from "./palette.ts"
import type { Extent, Scene } from "./scene.ts"

/** The canvas of the network. Events may change from view to view; the renderer stays. */
export const Picture = ({ camera, events, extent, onKeyDown, palette, renderer, scene, describedBy }: {
  readonly scene: Scene
  /** What is shown at first. */
  readonly camera: Camera
  readonly extent: Extent
  readonly palette: Palette
  readonly events: NetworkEvents
  readonly renderer: RefObject<NetworkRenderer | null>
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly describedBy: string
}) => {
  const container = useRef<HTMLDivElement>(null)
  const latest = useRef(events)
  latest.current = events
  const drawn = useRef<{ scene: Scene; extent: Extent; palette: Palette } | null>(null)

  useEffect(() => {
    const now = { scene, extent, palette }
    renderer.current = networkRenderer(container.current!, { ...now, camera }, {
      neighboursOf: (index) => latest.current.neighboursOf(index),
      noteOf: (index) => latest.current.noteOf(index),
      onClick: (index, isCompared) => latest.current.onClick(index, isCompared),
      onBackground: () => latest.current.onBackground(),
      onRest: (part) => latest.current.onRest(part)
    })
    drawn.current = now
    performance.mark("network drawn")
    return () => {
      renderer.current?.close()
      renderer.current = null
    }
  }, [])

  useEffect(() => {
    const before = drawn.current
    if (before === null || (before.scene === scene && before.extent === extent && before.palette === palette)) return
    drawn.current = { scene, extent, palette }
    renderer.current?.draw(scene, extent, palette)
  }, [scene, extent, palette])

  return <div class="network-canvas" ref={container} tabIndex={0} role="application" aria-label="Picture of the network" aria-describedby={describedBy} onKeyDown={onKeyDown} />
}
