import { signal } from "@preact/signals"
import { shortened, shown } from "../text/display.ts"

/** Said to screen readers, and shown at the button, after copying. */
const copied = signal<string | null>(null)

const copy = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
    copied.value = text
    setTimeout(() => { if (copied.value === text) copied.value = null }, 1_500)
  } catch {
    copied.value = null
  }
}

/** A host or hash, shortened in the middle; the button copies the whole. */
export const CopyText = ({ limit = 40, text }: { readonly text: string; readonly limit?: number }) => (
  <span class="copy-text">
    <span class="mono" title={shown(text)}>{shortened(text, limit)}</span>
    <button type="button" class="copy" aria-label={`Copy ${shown(text, 120)}`} onClick={() => void copy(text)}>
      {copied.value === text ? "copied" : "copy"}
    </button>
  </span>
)

/** A host in a line or list, without the button. */
export const Host = ({ limit = 36, text }: { readonly text: string; readonly limit?: number }) => (
  <span class="mono" title={shown(text)}>{shortened(text, limit)}</span>
)
