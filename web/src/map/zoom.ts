/** Part of a picture that is shown: how much larger than the whole, and where its corner is then. */
export interface Zoom {
  readonly scale: number
  readonly x: number
  readonly y: number
}

interface Size {
  readonly width: number
  readonly height: number
}

export const whole: Zoom = { scale: 1, x: 0, y: 0 }
const largest = 24

/** The nearest part that lies within the picture. */
export const bounded = (zoom: Zoom, { height, width }: Size): Zoom => {
  const scale = Math.min(largest, Math.max(1, zoom.scale))
  return {
    scale,
    x: Math.min(0, Math.max(width * (1 - scale), zoom.x)),
    y: Math.min(0, Math.max(height * (1 - scale), zoom.y))
  }
}

const around = (scale: number, x: number, y: number, size: Size): Zoom =>
  bounded({ scale, x: size.width / 2 - x * scale, y: size.height / 2 - y * scale }, size)

const centre = ({ scale, x, y }: Zoom, { height, width }: Size): readonly [number, number] => [(width / 2 - x) / scale, (height / 2 - y) / scale]

/** `2.25,310.5,120`: scale and centre, in units of the picture, as the address says them. Empty for the whole. */
export const zoomText = (zoom: Zoom, size: Size): string => {
  const scale = Number(zoom.scale.toFixed(2))
  if (scale <= 1) return ""
  const [x, y] = centre(around(scale, ...centre(zoom, size), size), size)
  return [scale, Number(x.toFixed(1)), Number(y.toFixed(1))].join(",")
}

/** What the address says is shown; the whole for anything that makes no sense. */
export const readZoom = (text: string, size: Size): Zoom => {
  const [scale, x, y] = /^\d{1,2}(?:\.\d{1,2})?(?:,\d{1,5}(?:\.\d)?){2}$/.test(text) ? text.split(",").map(Number) : []
  return scale === undefined || scale <= 1 ? whole : around(scale, x!, y!, size)
}
