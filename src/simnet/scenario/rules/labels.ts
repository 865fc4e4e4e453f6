/** The one text for all, or each of those to draw from. */
export const labelsOf = (choice: string | Readonly<Record<string, number>> | undefined): ReadonlyArray<string> =>
  choice === undefined ? [] : typeof choice === "string" ? [choice] : Object.keys(choice)
