import { groupColour } from "../parts/group-colour.ts"
import type { Slot } from "./colouring.ts"

/** The colour of a place in the palette as CSS, for pictures that can read tokens. */
export const slotCss = (slot: Slot): string => {
  switch (slot.kind) {
    case "group": return groupColour(slot.index)
    case "rest": return groupColour(null)
    case "unknown": return "color-mix(in srgb, var(--group-rest) 50%, var(--surface))"
    case "step": return slot.ramp === "suspicion" ? `var(--suspicion-${slot.index})` : `color-mix(in srgb, var(--accent) ${22 + 20 * slot.index}%, var(--surface))`
  }
}
