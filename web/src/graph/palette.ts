import type { Slot } from "./colouring.ts"
import { namedGroups } from "../parts/group-colour.ts"

type Channels = readonly [number, number, number]

/** Colours of the page's theme as opaque `#rrggbb`: WebGL has no `light-dark()`, and mixes transparent ones wrongly. */
export interface Palette {
  readonly surface: string
  readonly land: string
  readonly coast: string
  readonly line: string
  readonly text: string
  readonly quiet: string
  readonly accent: string
  readonly group: ReadonlyArray<string>
  readonly rest: string
  readonly unknown: string
  readonly suspicion: ReadonlyArray<string>
  readonly ramp: ReadonlyArray<string>
}

const hex = (channels: Channels): string => `#${channels.map((one) => Math.round(one).toString(16).padStart(2, "0")).join("")}`

const channels = (colour: string): Channels => {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** `share` of b in a, both `#rrggbb`. */
export const mixed = (a: string, b: string, share: number): string => {
  const from = channels(a)
  const to = channels(b)
  return hex([0, 1, 2].map((i) => from[i]! + (to[i]! - from[i]!) * share) as unknown as Channels)
}

/** Reads the design's tokens as they are under an element. */
export const readPalette = (element: HTMLElement): Palette => {
  const probe = element.ownerDocument.createElement("span")
  probe.hidden = true
  element.append(probe)
  const token = (name: string): string => {
    probe.style.color = `var(--${name})`
    const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g)?.map(Number) ?? []
    return hex([r ?? 0, g ?? 0, b ?? 0])
  }
  const surface = token("surface")
  const text = token("text")
  const accent = token("accent")
  const palette: Palette = {
    surface,
    land: mixed(surface, text, 0.035),
    coast: mixed(surface, text, 0.13),
    line: token("line"),
    text,
    quiet: token("text-quiet"),
    accent,
    group: Array.from({ length: namedGroups }, (_, i) => token(`group-${i}`)),
    rest: token("group-rest"),
    unknown: mixed(surface, token("group-rest"), 0.5),
    suspicion: [0, 1, 2, 3, 4].map((i) => token(`suspicion-${i}`)),
    ramp: [0.22, 0.42, 0.62, 0.82, 1].map((share) => mixed(surface, accent, share))
  }
  probe.remove()
  return palette
}

/** The colour of a place in the palette. */
export const colourOf = (palette: Palette, slot: Slot): string => {
  switch (slot.kind) {
    case "group": return palette.group[slot.index]!
    case "rest": return palette.rest
    case "unknown": return palette.unknown
    case "step": return (slot.ramp === "suspicion" ? palette.suspicion : palette.ramp)[slot.index]!
  }
}
