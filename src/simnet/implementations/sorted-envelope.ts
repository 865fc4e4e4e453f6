import type { Envelope } from "./implementation.ts"

/** The frame of those who sort the keys of every object: Fulcrum and both electrs families. */
export const sortedEnvelope: Envelope = {
  result: (id, json) => `{"id":${id},"jsonrpc":"2.0","result":${json}}`,
  error: (id, code, message) =>
    `{"error":{"code":${code},"message":${JSON.stringify(message)}},"id":${id},"jsonrpc":"2.0"}`,
  notification: (method, params) => `{"jsonrpc":"2.0","method":"${method}","params":${params ?? "[]"}}`
}
