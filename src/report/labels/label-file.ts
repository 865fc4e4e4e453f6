import { Result, Schema } from "effect"
import { CsvRecords, fieldsOf } from "../../domain/csv-records.ts"
import { webPage } from "../document/web-page.ts"
import { ReportError } from "../report-error.ts"

const Url = Schema.String.check(Schema.makeFilter((text: string) =>
  webPage(text) !== null || "no http or https URL"))

const Day = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/))

/** Where a label is looked for. */
export const LabelKind = Schema.Literals([
  /** Number of an autonomous system, e.g. 64500 or AS64500. */
  "asn",
  /** Words in the name of a system's holder. */
  "organisation",
  /** A domain of reverse names: itself and everything below. */
  "reverse name",
  /** Words in the attribute O of a certificate's subject; the issuer's is its authority's, and every customer of that has it. */
  "certificate organisation",
  /** A host, or a domain and everything below (*.example.org). */
  "host",
  /** An address or a block of addresses. */
  "address"
])
export type LabelKind = typeof LabelKind.Type

/** A dated public statement that something belongs to somebody. */
export const Label = Schema.Struct({
  /** What servers that match are called here, e.g. the name of a company. */
  label: Schema.NonEmptyString,
  kind: LabelKind,
  pattern: Schema.NonEmptyString,
  /** Where that is stated. */
  source: Url,
  /** When it was stated or read there. */
  date: Day
})
export type Label = typeof Label.Type

/** How often random hosts in the same systems match a label: what a match is worth. */
export const BaseRate = Schema.Struct({
  label: Schema.NonEmptyString,
  /** Random hosts looked at. */
  hosts: Schema.Int.check(Schema.isGreaterThan(0)),
  /** Of these, hosts that match the label. */
  hits: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  source: Url,
  date: Day
})
export type BaseRate = typeof BaseRate.Type

/** The file of `--labels`. */
export const LabelFile = Schema.Struct({
  labels: Schema.Array(Label),
  base_rates: Schema.optionalKey(Schema.Array(BaseRate))
})
export type LabelFile = typeof LabelFile.Type

const decodeJson = Schema.decodeUnknownResult(Schema.fromJsonString(LabelFile))
const decodeFile = Schema.decodeUnknownResult(LabelFile)

const expectedHeader = ["label", "kind", "pattern", "source", "date"]

/** A base rate in CSV: kind "base rate", pattern "HITS/HOSTS". */
const counts = /^(\d{1,9})\/(\d{1,9})$/

const fromCsv = (text: string): unknown => {
  const reader = new CsvRecords()
  const [header = [], ...records] = [...reader.push(text), ...reader.end()].map(fieldsOf)
  if (expectedHeader.some((name, i) => header[i]?.toLowerCase() !== name)) return null
  const rows = records.map(([label, kind, pattern, source, date]) => ({ label, kind, pattern, source, date }))
  return {
    labels: rows.filter(({ kind }) => kind !== "base rate"),
    base_rates: rows.filter(({ kind }) => kind === "base rate").map(({ date, label, pattern, source }) => {
      const match = counts.exec(pattern ?? "")
      return { label, source, date, hits: Number(match?.[1] ?? -1), hosts: Number(match?.[2] ?? -1) }
    })
  }
}

/** Reads labels from JSON or CSV (header label,kind,pattern,source,date). Fails with `bad labels` and what is wrong. */
export const parseLabels = (path: string, text: string): Result.Result<LabelFile, ReportError> => {
  const isJson = /^\s*[[{]/.test(text)
  const decoded = isJson ? decodeJson(text, { errors: "all" }) : decodeFile(fromCsv(text), { errors: "all" })
  return Result.mapError(decoded, (error) =>
    new ReportError({
      reason: "bad labels",
      message: `${path} is no file of labels (JSON {"labels": [{"label", "kind", "pattern", "source", "date"}]}, or CSV with the header ${expectedHeader.join(",")}): ${error.message}`
    }))
}
