import { Schema } from "effect"

/** Why a simulated network could not start. */
export const SimnetReason = Schema.Literals([
  "no such scenario",
  /** The message names file, line and field. */
  "bad scenario",
  "port in use",
  /** Ports below 1024, or an address this machine does not have. */
  "cannot listen",
  "too few file descriptors",
  "cannot write"
])
export type SimnetReason = typeof SimnetReason.Type

/** The one error of `simnet/`. */
export class SimnetError extends Schema.TaggedError<SimnetError>()("SimnetError", {
  reason: SimnetReason,
  /** A sentence for a person. */
  message: Schema.String
}) {}

/** The error for a scenario that cannot be. */
export const badScenario = (message: string): SimnetError => new SimnetError({ reason: "bad scenario", message })
