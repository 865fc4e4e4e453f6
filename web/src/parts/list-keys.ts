/** Arrows, Home and End move among the buttons of a list. */
export const moveInList = (event: KeyboardEvent): void => {
  if (!(event.target instanceof HTMLButtonElement) || event.ctrlKey || event.metaKey || event.altKey) return
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>(":scope > li > button")]
  const at = buttons.indexOf(event.target)
  const to = ({ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 } as Readonly<Record<string, number>>)[event.key]
  const next = to === undefined ? undefined : buttons[to]
  if (at < 0 || next === undefined) return
  event.preventDefault()
  next.focus()
}
