import { Schema } from "effect"
import { placeholders } from "../draw/template.ts"
import { Scenario } from "./scenario.ts"

/** The form of scenario files as a JSON Schema (draft 2020-12), as `simnet --schema` prints it. */
export const scenarioJsonSchema = (): object => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(Scenario, { onExcessProperty: "error" })
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A simulated Electrum network",
    description: `Placeholders of a fleet's templates: ${
      Object.entries(placeholders)
        .map(([name, meaning]) => `{${name}} ${meaning}`)
        .join("; ")
    }.`,
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
}
