import { compareTuples, type VersionTuple } from "../../model/software.ts"
import { type Answer, fail } from "../implementation.ts"
import { pythonText } from "./python-text.ts"

/** Python's format of integers with `,` between thousands. */
export const commas = (n: number): string => n.toLocaleString("en-US")

/** Python's int() of a parameter, undefined where ElectrumX answers that it should be a non-negative integer. */
export const nonNegative = (value: unknown): number | undefined => {
  if (typeof value === "boolean") return Number(value)
  const number =
    typeof value === "number"
      ? Math.trunc(value)
      : typeof value === "string" && /^\s*\+?[0-9]+\s*$/.test(value)
        ? Number(value)
        : undefined
  return number !== undefined && number >= 0 ? number : undefined
}

/** The error for what is none. */
export const shouldBeInteger = (value: unknown): Answer =>
  fail(1, `${pythonText(value)} should be a non-negative integer`)

/** Python's bool where `in (True, False)` holds: 0 and 1 too. */
export const pythonBoolean = (value: unknown): boolean | undefined =>
  value === true || value === 1 ? true : value === false || value === 0 ? false : undefined

/** A version text as a tuple; (0, ) where it is none. */
export const tupleOf = (value: unknown): VersionTuple =>
  typeof value === "string" && /^[0-9]+(\.[0-9]+)*$/.test(value) ? value.split(".").map(Number) : [0]

/** Whether protocol 1.6 or a later one was negotiated. */
export const from16 = (negotiated: VersionTuple): boolean => compareTuples(negotiated, [1, 6]) >= 0
