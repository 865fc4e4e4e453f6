import { useRef, useState } from "preact/hooks"

export interface Zoom {
  readonly scale: number
  readonly x: number
  readonly y: number
}

const whole: Zoom = { scale: 1, x: 0, y: 0 }
const largest = 24

/** Part of a picture of `width` x `height` units that is shown: moved by dragging, zoomed by wheel, keys and buttons. */
export const useZoom = (width: number, height: number) => {
  const [zoom, setZoom] = useState<Zoom>(whole)
  const drag = useRef<{ readonly x: number; readonly y: number; readonly from: Zoom; readonly pixels: number; moved: boolean } | null>(null)

  const bounded = ({ scale, x, y }: Zoom): Zoom => ({
    scale,
    x: Math.min(0, Math.max(width * (1 - scale), x)),
    y: Math.min(0, Math.max(height * (1 - scale), y))
  })
  /** Around a point of the picture's units, which stays where it is. */
  const by = (factor: number, atX = width / 2, atY = height / 2): void => setZoom((now) => {
    const scale = Math.min(largest, Math.max(1, now.scale * factor))
    return bounded({ scale, x: atX - ((atX - now.x) * scale) / now.scale, y: atY - ((atY - now.y) * scale) / now.scale })
  })
  const move = (dx: number, dy: number): void => setZoom((now) => bounded({ ...now, x: now.x + dx, y: now.y + dy }))
  const reset = (): void => setZoom(whole)

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
      setZoom(bounded({ scale: now.from.scale, x: now.from.x + dx / now.pixels, y: now.from.y + dy / now.pixels }))
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
