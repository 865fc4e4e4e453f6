import { hash } from "node:crypto"

/** SHA-256 in lower-case hex. In one call: a hash object costs several times as much for the few bytes hashed here. */
export const sha256Hex = (data: string | Uint8Array): string => hash("sha256", data, "hex")
