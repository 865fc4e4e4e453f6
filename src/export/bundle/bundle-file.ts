import { Result, Schema } from "effect"
import { sha256Hex } from "../../domain/sha256.ts"
import { escapeUnsafe } from "../../domain/json-text.ts"
import { evaluator } from "./evaluate.ts"
import { parsedItem, utf8Text } from "./read-value.ts"
import { claimOf } from "./statement.ts"
import { bundleFormat, bundleVersion, type Check, type Item, ItemLine, type Items, Manifest } from "./format.ts"

/** Members in the order of their names, no blanks. */
const canonicalJson = (value: unknown): string => escapeUnsafe(JSON.stringify(value, (_, part: unknown) =>
  typeof part === "object" && part !== null && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0))
    : part))

/** An item with its bytes. */
export interface FilledItem extends Omit<Item, "bytes" | "sha256"> {
  readonly content: Uint8Array
}

/** A bundle as text, and its number: the SHA-256 of that. */
export interface WrittenBundle {
  readonly text: string
  readonly id: string
}

/** Writes a bundle: the manifest, then a line for each item. */
export const writeBundle = (
  parts: Omit<Manifest, "format" | "version" | "items">,
  filled: ReadonlyArray<FilledItem>
): WrittenBundle => {
  const items = filled.map(({ content, ...item }): Item => ({ ...item, bytes: content.length, sha256: sha256Hex(content) }))
  const lines = [
    canonicalJson({ ...parts, items, format: bundleFormat, version: bundleVersion } satisfies Manifest),
    ...filled.map(({ content, name }) => canonicalJson({ name, base64: Buffer.from(content).toString("base64") }))
  ]
  const text = lines.map((line) => `${line}\n`).join("")
  return { text, id: sha256Hex(text) }
}

/** A bundle that was read and worked out again. */
export interface VerifiedBundle {
  readonly id: string
  readonly manifest: Manifest
  readonly items: Items
  /** Facts that are not so. */
  readonly failed: ReadonlyArray<Check>
}

const decodeManifest = Schema.decodeUnknownResult(Schema.fromJsonString(Manifest))
const decodeItemLine = Schema.decodeUnknownResult(Schema.fromJsonString(ItemLine))

/** The members of the two kinds of lines: others would be bytes that nobody accounts for. */
const memberNames = (line: string): string => {
  const value = parsedItem(Buffer.from(line, "utf8"))
  return typeof value === "object" && value !== null ? Object.keys(value).toSorted().join(" ") : ""
}
const manifestMembers = /^about checks claim format items version visits(?: warning)?$/
const itemMembers = "base64 name"

/** What is wrong with the bytes around the JSON objects; undefined where there is nothing else in the file. */
const misshapen = (content: Uint8Array, lines: ReadonlyArray<string>): string | undefined => {
  const control = content.findIndex((byte) => byte < 0x20 && byte !== 0x0a)
  if (control >= 0) return `byte ${control} is a control character, and lines end with LF alone`
  const line = lines.findIndex((text) => !/^\{.*\}$/s.test(text))
  return line < 0 ? undefined : `line ${line + 1} has something before or after its object`
}

/** Canonical base64: what it decodes to is written the same way again. */
const bytesOf = (base64: string): Buffer | undefined => {
  const bytes = Buffer.from(base64, "base64")
  return bytes.toString("base64") === base64 ? bytes : undefined
}

const readItems = (manifest: Manifest, lines: ReadonlyArray<string>): Items | string => {
  if (lines.length !== manifest.items.length) return `it lists ${manifest.items.length} items and has ${lines.length}`
  const items = new Map<string, Uint8Array>()
  for (const [i, listed] of manifest.items.entries()) {
    const line = Result.getOrUndefined(decodeItemLine(lines[i]))
    if (line === undefined || line.name !== listed.name || memberNames(lines[i]!) !== itemMembers) return `line ${i + 2} is not item ${listed.name}`
    const bytes = bytesOf(line.base64)
    if (bytes === undefined || bytes.length !== listed.bytes || sha256Hex(bytes) !== listed.sha256) return `the bytes of item ${listed.name} are not those that the manifest names`
    if (items.has(listed.name)) return `item ${listed.name} stands there twice`
    items.set(listed.name, bytes)
  }
  return items
}

/** Where the claim is not what the finding in the bundle says; violations have no finding, their facts say it all. */
const disagreement = ({ about, claim, items: listed }: Manifest, items: Items): string | undefined => {
  const findings = listed.filter(({ kind }) => kind === "finding")
  if (claim.kind === "violation") return findings.length === 0 ? undefined : "a violation has no finding"
  if (findings.length !== 1) return "it has not exactly one finding"
  const said = claimOf(claim.kind, parsedItem(items.get(findings[0]!.name)), about["crawl_id"])
  return said !== undefined && said.statement === claim.statement && said.of.join("\n") === claim.of.join("\n")
    ? undefined
    : "its claim is not what its finding says"
}

/**
 * Reads a bundle and works all of its facts out again, offline. A sentence where
 * it is not the bundle of that number, or none that this version can read.
 *
 * @param id its number, as it was published; not what the file itself says
 */
export const verifyBundle = (content: Uint8Array, id: string): VerifiedBundle | string => {
  const found = sha256Hex(content)
  if (found !== id) return `its number is ${found}, not ${id}: it was altered, or is another bundle`
  const text = utf8Text(content)
  if (text === undefined) return "it is no UTF-8"
  if (!text.endsWith("\n")) return "its last line does not end"
  const lines = text.slice(0, -1).split("\n")
  const wrong = misshapen(content, lines)
  if (wrong !== undefined) return wrong
  const [first, ...rest] = lines
  const manifest = decodeManifest(first)
  if (Result.isFailure(manifest) || !manifestMembers.test(memberNames(first!))) return "its first line is no manifest of this format and version"
  const items = readItems(manifest.success, rest)
  if (typeof items === "string") return items
  const contradiction = disagreement(manifest.success, items)
  if (contradiction !== undefined) return contradiction
  const isTrue = evaluator(items)
  return { id: found, manifest: manifest.success, items, failed: manifest.success.checks.filter((check) => !isTrue(check)) }
}
