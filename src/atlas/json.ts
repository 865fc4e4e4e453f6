import { Option, Schema } from "effect"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

/** A JSON column as the value it holds; text that is none stays text, so that nothing stored is lost. */
export const jsonOf = (text: string | null): Schema.Json => text === null ? null : Option.getOrElse(decode(text), () => text)
