import type { SeededRandom } from "./random.ts"
import { words } from "./words.ts"

/** What a fleet's templates may hold, and what is put there. */
export const placeholders = {
  n: "the server's number in its fleet",
  nn: "the same with two digits",
  nnn: "the same with three digits",
  id: "fleet and number, e.g. aurora-3",
  word: "a word drawn for the server",
  other: "a second word",
  hex: "eight hex digits drawn for the server",
  digits: "four digits drawn for the server",
  city: "the city of its hosting, in small letters",
  country: "the country of its hosting, in small letters",
  host: "its first name",
  address: "its IPv4 address",
  address6: "its IPv6 address",
  dashed: "its IPv4 address with dashes",
  onion: "an onion service drawn for the server",
  donation: "an address drawn for the operator",
  owndonation: "an address drawn for the server"
} as const
type Placeholder = keyof typeof placeholders

/** What is known to fill in. */
export type Values = { readonly [key in Placeholder]?: string }

const slot = /\{([a-z0-9]+)\}/g

/** What stands in braces in a template. */
export const placeholdersOf = (template: string): ReadonlyArray<string> =>
  [...template.matchAll(slot)].map((match) => match[1]!)

/** Placeholders of a template that do not exist. */
export const unknownPlaceholders = (template: string): ReadonlyArray<string> =>
  placeholdersOf(template).filter((name) => !Object.hasOwn(placeholders, name))

const numbering: ReadonlyArray<string> = ["n", "nn", "nnn", "id"]
const drawn: ReadonlyArray<string> = ["word", "other", "hex", "digits", "address", "address6", "dashed", "onion"]

/** Whether a template may become another text for each server; one without placeholders is the same for all. */
export const isDistinct = (template: string): boolean =>
  isDrawn(template) || placeholdersOf(template).some((name) => numbering.includes(name))

/** Whether chance has a part in what a template becomes. */
export const isDrawn = (template: string): boolean => placeholdersOf(template).some((name) => drawn.includes(name))

/** Whether a template can turn into that text when its placeholders are filled. */
export const mayBecome = (template: string, text: string): boolean => {
  const parts = template.split(/\{[a-z0-9]+\}/).map((part) => part.replace(/[^a-z0-9]/gi, "\\$&"))
  return new RegExp(`^${parts.join(".+")}$`).test(text)
}

/** The template with what is known filled in; the rest stays. */
export const fill = (template: string, values: Values): string =>
  template.replace(slot, (whole, name: string) => values[name as Placeholder] ?? whole)

/** The texts drawn for one server. */
export const drawTexts = (random: SeededRandom): Pick<Required<Values>, "word" | "other" | "hex" | "digits"> => ({
  word: random.pick(words),
  other: random.pick(words),
  hex: random.bytes(4).toString("hex"),
  digits: String(random.integer(1000, 9999))
})
