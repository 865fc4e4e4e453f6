/** 64 hex digits in lower case; undefined where the parameter is no hash. */
export const hashOf = (value: unknown): string | undefined =>
  typeof value === "string" && /^[0-9a-fA-F]{64}$/.test(value) ? value.toLowerCase() : undefined

/** Most headers of one reply, in every family. */
export const maximumHeaders = 2016
