import type { Client } from "../../model/client.ts"
import type { Dialect } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import type { VersionTuple } from "../../model/software.ts"
import type { Answer } from "../implementation.ts"
import type { ScriptSubscriptions } from "../script-subscriptions.ts"
import type { ElectrumxProcess } from "./process.ts"

/** What a method may use of the process and the connection. */
export interface Call {
  readonly process: ElectrumxProcess
  readonly model: ServerModel
  readonly dialect: Dialect
  readonly client: Client | null
  /** 1.4 before the handshake. */
  readonly negotiated: VersionTuple
  readonly handshaken: boolean
  readonly subscriptions: ScriptSubscriptions
  readonly negotiate: (version: VersionTuple) => void
  /** Two notifications without params, which stop vulnerable old wallets. */
  readonly warnOldWallet: () => void
  /** Be told of news from now on. */
  readonly listen: () => void
  /** Units of ElectrumX's cost model. */
  readonly charge: (units: number) => void
}

/** One method of a release. */
export interface Method {
  /** Fewest and most parameters. */
  readonly arity: readonly [number, number]
  /** For requests with named parameters. */
  readonly names: ReadonlyArray<string>
  /** Whether it exists at a negotiated version. */
  readonly available?: (negotiated: VersionTuple) => boolean
  readonly answer: (params: ReadonlyArray<unknown>, call: Call) => Answer
}

/** A method by its name. */
export type MethodEntry = readonly [name: string, method: Method]

/** A method with its name, arity and parameter names. */
export const entry = (
  name: string,
  arity: readonly [number, number],
  names: ReadonlyArray<string>,
  answer: Method["answer"],
  available?: Method["available"]
): MethodEntry => [name, { arity, names, answer, ...(available === undefined ? {} : { available }) }]
