import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Allowed } from "./atlas-handlers.ts"
import { ObservatoryApi } from "./observatory-api.ts"
import { Forbidden } from "./problem.ts"

export const noteHandlers = (_allowed: Allowed) =>
  HttpApiBuilder.group(ObservatoryApi, "notes", (handlers) => {
    const off = () => Effect.fail(new Forbidden({ message: "Notes are not offered yet." }))
    return handlers.handleAll({ notes: off, addNote: off, removeNote: off })
  })
