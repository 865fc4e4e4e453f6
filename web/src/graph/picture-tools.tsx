import { choose } from "./network-choices.ts"

/** Buttons that zoom a picture. */
export const Zooms = ({ onFit, onZoom }: { readonly onZoom: (factor: number) => void; readonly onFit: () => void }) => (
  <span class="zooms" role="group" aria-label="Zoom">
    <button type="button" aria-label="Zoom in" onClick={() => onZoom(1.5)}>+</button>
    <button type="button" aria-label="Zoom out" onClick={() => onZoom(1 / 1.5)}>−</button>
    <button type="button" onClick={onFit}>Fit</button>
  </span>
)

/** A picture, or the same servers as a table; the address says which. */
export const PictureOrTable = ({ isTable }: { readonly isTable: boolean }) => (
  <span class="tabs" role="group" aria-label="Show as">
    <button type="button" aria-pressed={!isTable} onClick={() => choose("as", "picture")}>Picture</button>
    <button type="button" aria-pressed={isTable} onClick={() => choose("as", "table")}>Table</button>
  </span>
)
