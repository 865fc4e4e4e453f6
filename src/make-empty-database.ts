import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { makeEmptyDatabase } from "./store/empty-database.ts"

// For `npm run build`: node src/make-empty-database.ts FILE
NodeRuntime.runMain(Effect.provide(makeEmptyDatabase(process.argv[2]!), NodeServices.layer))
