import type { GroupLine, Lines } from "./edge-choice.ts"

/** How one server is drawn. */
export interface NodeLook {
  readonly index: number
  readonly x: number
  readonly y: number
  /** Radius, pixels at the whole view. */
  readonly size: number
  readonly colour: string
  /** A ring: it did not answer us, or was not dialled. */
  readonly hollow: boolean
  /** Around the colour: that of the ground, or darker where the colour itself hardly differs from the ground. */
  readonly rim: string
  readonly label: string
  /** Kept in place and marked. */
  readonly pinned: boolean
}

/** A group's name on the picture, and where lines between groups meet. */
export interface Anchor {
  readonly group: number
  readonly x: number
  readonly y: number
  readonly label: string
  readonly servers: number
}

/** How strong a line between groups is drawn: its width in pixels, and its share of the quiet colour in the ground's. */
export const groupLineLook = (announcements: number, strongest: number): { readonly width: number; readonly share: number } => {
  const strength = Math.sqrt(announcements / strongest)
  return { width: 0.6 + 5 * strength, share: 0.12 + 0.38 * strength }
}

/** All that is drawn without anybody pointing at it. */
export interface Scene {
  readonly nodes: ReadonlyArray<NodeLook>
  readonly anchors: ReadonlyArray<Anchor>
  /** Between anchors, strongest first. */
  readonly groupLines: ReadonlyArray<GroupLine>
  readonly lines: Lines
}

export interface Extent {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
}

/** The box of all servers, shown or not, so that filters move nothing. */
export const extentOf = (x: ArrayLike<number>, y: ArrayLike<number>): Extent => {
  const range = (values: ArrayLike<number>): readonly [number, number] => {
    let low = Infinity
    let high = -Infinity
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i]!)
      high = Math.max(high, values[i]!)
    }
    return low < high ? [low, high] : [(low === Infinity ? 0 : low) - 1, (low === Infinity ? 0 : low) + 1]
  }
  return { x: range(x), y: range(y) }
}
