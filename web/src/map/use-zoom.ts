import { useEffect, useRef, useState } from "preact/hooks"
import { bounded, readZoom, whole, type Zoom, zoomText } from "./zoom.ts"

/** Browsers refuse an address that changes with every turn of a wheel. */
const restMs = 250

/**
 * The part of a picture of `width` x `height` units that is shown: moved by dragging, zoomed by wheel, keys and buttons.
 *
 * @param text what the address says of it
 * @param onRest takes what the address is to say, once the picture stands still
 */
export const useZoom = (width: number, height: number, text: string, onRest: (text: string) => void) => {
  const size = { width, height }
  const [zoom, setZoom] = useState<Zoom>(() => readZoom(text, size))
  const latest = useRef(zoom)
  const written = useRef(text)
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const drag = useRef<{ readonly x: number; readonly y: number; readonly from: Zoom; readonly pixels: number; moved: boolean } | null>(null)

  const show = (next: Zoom): void => {
    latest.current = bounded(next, size)
    setZoom(latest.current)
  }
  const go = (next: Zoom): void => {
    show(next)
    clearTimeout(rest.current)
    rest.current = setTimeout(() => {
      written.current = zoomText(latest.current, size)
      onRest(written.current)
    }, restMs)
  }
  // The address was changed by others: by "back", or a link.
  useEffect(() => {
    if (text === written.current) return
    written.current = text
    clearTimeout(rest.current)
    show(readZoom(text, size))
  }, [text])
  useEffect(() => () => clearTimeout(rest.current), [])

  /** Around a point of the picture's units, which stays where it is. */
  const by = (factor: number, atX = width / 2, atY = height / 2): void => {
    const now = latest.current
    const { scale } = bounded({ ...now, scale: now.scale * factor }, size)
    go({ scale, x: atX - ((atX - now.x) * scale) / now.scale, y: atY - ((atY - now.y) * scale) / now.scale })
  }
  const move = (dx: number, dy: number): void => go({ ...latest.current, x: latest.current.x + dx, y: latest.current.y + dy })
  const reset = (): void => go(whole)

  /** Units of the picture per pixel of the screen, and where its corner is. */
  const frame = (element: SVGSVGElement) => {
    const box = element.getBoundingClientRect()
    const pixels = Math.min(box.width / width, box.height / height)
    return { pixels, left: box.left + (box.width - width * pixels) / 2, top: box.top + (box.height - height * pixels) / 2 }
  }
  const handlers = {
    onWheel: (event: WheelEvent): void => {
      event.preventDefault()
      const { left, pixels, top } = frame(event.currentTarget as SVGSVGElement)
      by(Math.exp(-event.deltaY / 400), (event.clientX - left) / pixels, (event.clientY - top) / pixels)
    },
    onPointerDown: (event: PointerEvent): void => {
      drag.current = { x: event.clientX, y: event.clientY, from: zoom, pixels: frame(event.currentTarget as SVGSVGElement).pixels, moved: false }
    },
    onPointerMove: (event: PointerEvent): void => {
      const now = drag.current
      if (now === null || event.buttons === 0) return
      const dx = event.clientX - now.x
      const dy = event.clientY - now.y
      if (!now.moved && Math.hypot(dx, dy) < 4) return
      now.moved = true
      go({ scale: now.from.scale, x: now.from.x + dx / now.pixels, y: now.from.y + dy / now.pixels })
    },
    /** A drag is no click. */
    onClickCapture: (event: MouseEvent): void => {
      if (drag.current?.moved === true) event.stopPropagation()
      drag.current = null
    },
    onKeyDown: (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const step = 60
      const actions: Readonly<Record<string, () => void>> = {
        "+": () => by(1.5), "=": () => by(1.5), "-": () => by(1 / 1.5), "0": reset,
        ArrowLeft: () => move(step, 0), ArrowRight: () => move(-step, 0), ArrowUp: () => move(0, step), ArrowDown: () => move(0, -step)
      }
      const action = actions[event.key]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
  }
  return { zoom, by, reset, handlers }
}
