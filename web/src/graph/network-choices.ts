import { own, setOwn } from "../state/store.ts"
import { type Attribute, colourings, type Measure, sizings } from "./attributes.ts"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { type EdgeMode, edgeModes } from "./edge-choice.ts"
import type { Grouping } from "./network-model.ts"

/** What the address says of the picture: words that only this page has. */
export interface NetworkChoices {
  readonly colour: Attribute
  /** Null: all the same size. */
  readonly size: Measure | null
  readonly lines: EdgeMode
  readonly grouping: Grouping
  readonly isTable: boolean
}

/** Colours are chosen once for network and map. */
export const chosenColour = (rows: ReadonlyArray<ServerRow>): Attribute =>
  colourings.find(({ id }) => id === own("colour")) ??
  // Where no operator is known yet, one grey would say nothing.
  colourings.find(({ id }) => id === (rows.some(({ clusterId }) => clusterId !== null) ? "operator" : "implementation"))!

export const networkChoices = (rows: ReadonlyArray<ServerRow>): NetworkChoices => {
  const size = own("size")
  return {
    colour: chosenColour(rows),
    size: size === "same" ? null : sizings.find(({ id }) => id === size) ?? sizings.find(({ id }) => id === "named-by")!,
    lines: edgeModes.find((mode) => mode === own("lines")) ?? "groups",
    grouping: own("lines") === "operator" ? "operator" : "community",
    isTable: own("as") === "table"
  }
}

/** Defaults are left out of the address. */
export const choose = (word: "colour" | "size" | "lines" | "as", value: string): void => {
  const defaults = { colour: "", size: "named-by", lines: "community", as: "picture" }
  setOwn({ [word]: value === defaults[word] ? "" : value })
}
