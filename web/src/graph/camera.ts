/** Part of the network's picture that is shown: its middle (0 to 1 of the picture's box) and how large it is, 1 for the whole. */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly ratio: number
}

export const wholePicture: Camera = { x: 0.5, y: 0.5, ratio: 1 }

export const smallestRatio = 0.02
export const largestRatio = 3

/** With three digits; a rounded zero has no sign. */
const fixed = (value: number): string => (Math.round(value * 1_000) / 1_000 + 0).toFixed(3)

/** `4.17,0.412,0.731`: enlargement and middle, as the address says them. Empty for the whole. */
export const cameraText = ({ ratio, x, y }: Camera): string => {
  const text = [(1 / ratio).toFixed(2), fixed(x), fixed(y)].join(",")
  return text === "1.00,0.500,0.500" ? "" : text
}

/** What the address says is shown; the whole for anything that makes no sense. */
export const readCamera = (text: string): Camera => {
  const [zoom, x, y] = /^\d{1,3}\.\d\d(?:,-?\d\.\d{3}){2}$/.test(text) ? text.split(",").map(Number) : []
  if (zoom === undefined || zoom < 0.3 || zoom > 50) return wholePicture
  return { ratio: Math.min(largestRatio, Math.max(smallestRatio, 1 / zoom)), x: x!, y: y! }
}
