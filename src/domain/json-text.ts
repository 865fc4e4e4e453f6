/** Characters that a terminal or a reader could take for something else; escaped in JSON, where that loses nothing. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/gu

const escapeUnit = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`

const escapeUnits = (character: string): string =>
  character.length === 1 ? escapeUnit(character.charCodeAt(0)) : escapeUnit(character.charCodeAt(0)) + escapeUnit(character.charCodeAt(1))

/** JSON text in which such characters, control characters above all, are escaped; it says the same. */
export const escapeUnsafe = (json: string): string => json.replace(unsafe, escapeUnits)

/** A value as JSON in which nothing is left that acts on a terminal. */
export const jsonText = (value: unknown, indent?: number): string => escapeUnsafe(JSON.stringify(value, null, indent))
