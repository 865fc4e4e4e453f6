/** A text from outside as JSON and DuckDB can hold it: without lone surrogates and without NUL. */
export const sound = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\ufffd")

export const soundOrNull = (text: string | null): string | null => text === null ? null : sound(text)
