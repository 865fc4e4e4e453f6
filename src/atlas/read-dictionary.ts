import { Effect } from "effect"
import { dictionaryOfDatabase } from "../store/dictionary.ts"
import type { DictionaryTable } from "./shapes/dictionary.ts"

/** What every table, view and column of the database means; tables first. */
export const readDictionary = Effect.map(dictionaryOfDatabase, (entries): ReadonlyArray<DictionaryTable> =>
  [...Map.groupBy(entries, ({ kind, name }) => `${kind} ${name}`).values()].map((some) => {
    const own = some.find(({ column }) => column === null)
    return {
      name: some[0]!.name,
      kind: some[0]!.kind,
      comment: `${own?.meaning ?? ""}${own?.level == null ? "" : ` Level: ${own.level}.`}`.trim(),
      columns: some.flatMap(({ column, meaning, type }) =>
        column === null ? [] : [{ name: column, type: type ?? "", comment: meaning ?? "" }])
    }
  }))
