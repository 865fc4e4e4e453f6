/** The output scripts that wallets use, by their usual names. */
export const scriptForms = ["P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"] as const
/** One of them. */
export type ScriptForm = (typeof scriptForms)[number]

/** What a script commits to: 20 or 32 bytes between a fixed beginning and end. */
const shapes: Readonly<Record<ScriptForm, readonly [begin: string, bytes: number, end: string]>> = {
  P2PKH: ["76a914", 20, "88ac"],
  P2SH: ["a914", 20, "87"],
  P2WPKH: ["0014", 20, ""],
  P2WSH: ["0020", 32, ""],
  P2TR: ["5120", 32, ""]
}

/** Bytes of the hash or key in a script of that form. */
export const programLength = (form: ScriptForm): number => shapes[form][1]

/** An output script in hex from the hash or key that it commits to. */
export const outputScript = (form: ScriptForm, program: Uint8Array): string => {
  const [begin, , end] = shapes[form]
  return begin + Buffer.from(program).toString("hex") + end
}

/** The form of an output script and what it commits to; undefined for other scripts. */
export const readScript = (script: string): { readonly form: ScriptForm; readonly program: Buffer } | undefined => {
  for (const form of scriptForms) {
    const [begin, bytes, end] = shapes[form]
    if (script.length === begin.length + 2 * bytes + end.length && script.startsWith(begin) && script.endsWith(end)) {
      return { form, program: Buffer.from(script.slice(begin.length, begin.length + 2 * bytes), "hex") }
    }
  }
  return undefined
}

/** A script element in hex that pushes up to 75 bytes. */
export const push = (hex: string): string => (hex.length / 2).toString(16).padStart(2, "0") + hex

/** A script element in hex that pushes a non-negative number in its shortest form. */
export const pushNumber = (value: number): string => {
  if (value === 0) return "00"
  if (value <= 16) return (0x50 + value).toString(16)
  let bytes = ""
  let last = 0
  for (let left = value; left > 0; left = Math.floor(left / 256)) {
    last = left % 256
    bytes += last.toString(16).padStart(2, "0")
  }
  // The highest bit is the sign.
  return push(last >= 0x80 ? `${bytes}00` : bytes)
}
