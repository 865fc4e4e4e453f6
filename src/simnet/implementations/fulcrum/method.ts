import type { Client } from "../../model/client.ts"
import { type Json, print, qtSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { atLeast, versionNumbers, type VersionTuple } from "../../model/software.ts"
import { hashOf } from "../common-parameters.ts"
import type { Answer } from "../implementation.ts"
import type { ScriptSubscriptions } from "../script-subscriptions.ts"
import type { FulcrumProcess } from "./process.ts"

/** What a method may use of the process and the connection. */
export interface FulcrumCall {
  readonly process: FulcrumProcess
  readonly model: ServerModel
  readonly client: Client | null
  readonly handshaken: boolean
  /** 1.4 before the handshake. */
  readonly negotiated: VersionTuple
  readonly handshake: (negotiated: VersionTuple) => void
  readonly subscriptions: ScriptSubscriptions
  /** Heights of transactions that the client wants to hear about, as told last. */
  readonly transactions: Map<string, number | null>
  /** Whether its address may have one more subscription, which is then counted. */
  readonly maySubscribe: () => boolean
  /** One subscription less. */
  readonly unsubscribed: () => void
  /** Be told of news from now on. */
  readonly listen: () => void
}

/** One method of a release. */
export interface FulcrumMethod {
  /** Fewest and most parameters. */
  readonly arity: readonly [number, number]
  /** Takes named parameters, and no others. */
  readonly named?: boolean
  readonly answer: (params: ReadonlyArray<unknown>, call: FulcrumCall) => Answer
}

/** A method by its name. */
export type FulcrumEntry = readonly [name: string, method: FulcrumMethod]

/** A method with its name and arity. */
export const entry = (
  name: string,
  arity: readonly [number, number],
  answer: FulcrumMethod["answer"],
  named = false
): FulcrumEntry => [name, { arity, answer, ...(named ? { named } : {}) }]

/** Methods that a release has if it is not older than the first with them. */
export const sinceOf =
  (release: string) =>
  (first: string, ...entries: ReadonlyArray<FulcrumEntry>): ReadonlyArray<FulcrumEntry> =>
    atLeast(release, first) ? entries : []

/** A result in Fulcrum's dialect. */
export const json = (value: Json): Answer => ({ result: print(value, qtSorted) })

/** Versions without the zero revision, e.g. 1.4.0 is [1, 4]. */
export const tupleOf = (value: unknown): VersionTuple | undefined => {
  const text = typeof value === "number" ? String(value) : value
  if (typeof text !== "string" || !/^[0-9]+(\.[0-9]+){0,2}$/.test(text)) return undefined
  const parts = versionNumbers(text)
  return parts.length === 3 && parts[2] === 0 ? parts.slice(0, 2) : parts
}

/** Qt's conversion to an unsigned number: fractions are rounded, digits in strings accepted, true is 1. */
export const unsigned = (value: unknown): number | undefined => {
  if (typeof value === "boolean") return Number(value)
  const number = typeof value === "string" && /^\s*\+?[0-9]+\s*$/.test(value) ? Number(value) : value
  return typeof number === "number" && number >= 0 ? Math.round(number) : undefined
}

/** Heights from here on are invalid. */
export const maximumHeight = 100_000_000

/** A height; undefined where it is none that Fulcrum takes. */
export const heightOf = (value: unknown): number | undefined => {
  const height = unsigned(value)
  return height === undefined || height >= maximumHeight ? undefined : height
}

/** Qt's bool of what is a boolean or a number; undefined for everything else. */
export const loosely = (value: unknown): boolean | undefined =>
  typeof value === "boolean" || typeof value === "number" ? Boolean(value) : undefined

/** The first 64 hex digits in lower case, whatever follows; undefined where there are fewer. */
export const firstHashOf = (value: unknown): string | undefined =>
  typeof value === "string" ? hashOf(value.trim().slice(0, 64)) : undefined
