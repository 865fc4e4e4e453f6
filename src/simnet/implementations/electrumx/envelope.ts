import { type Dialect, print } from "../../model/dialect.ts"
import type { Envelope } from "../implementation.ts"

const errorObject = (code: number, message: string, dialect: Dialect): string => print({ code, message }, dialect)

/** The frame of JSON-RPC 2.0 as aiorpcX writes it. */
export const electrumxEnvelope = (dialect: Dialect): Envelope => {
  const { item, key } = dialect
  const head = `{"jsonrpc"${key}"2.0"${item}`
  return {
    result: (id, json) => `${head}"result"${key}${json}${item}"id"${key}${id}}`,
    error: (id, code, message) => `${head}"error"${key}${errorObject(code, message, dialect)}${item}"id"${key}${id}}`,
    notification: (method, params) =>
      `${head}"method"${key}"${method}"${params === null ? "" : `${item}"params"${key}${params}`}}`
  }
}

/** JSON-RPC 1.0, for clients whose first request says so. */
export const oldEnvelope = (dialect: Dialect): Envelope => {
  const { item, key } = dialect
  return {
    result: (id, json) => `{"result"${key}${json}${item}"error"${key}null${item}"id"${key}${id}}`,
    error: (id, code, message) =>
      `{"result"${key}null${item}"error"${key}${errorObject(code, message, dialect)}${item}"id"${key}${id}}`,
    notification: (method, params) =>
      `{"method"${key}"${method}"${item}"params"${key}${params ?? "[]"}${item}"id"${key}null}`
  }
}
