const actions = ":scope > li > button, :scope > li > details > summary"

/** The element of a list that a key leads to from one of its buttons; null where the key is not the list's. */
export const nextInList = (key: string, target: Element | null): HTMLElement | null => {
  const list = target?.closest("ul") ?? null
  if (target === null || list === null) return null
  const all = [...list.querySelectorAll<HTMLElement>(actions)]
  const at = all.findIndex((one) => one === target)
  const to = ({ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 } as Readonly<Record<string, number>>)[key]
  return at < 0 || to === undefined ? null : all[to] ?? null
}
