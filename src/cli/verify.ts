import { basename, join } from "node:path"
import { Effect, FileSystem } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { forDisplay } from "../domain/display.ts"
import { verifyBundle, type VerifiedBundle } from "../export/bundle/bundle-file.ts"
import type { Check } from "../export/bundle/format.ts"
import { ExportError } from "../export/export-error.ts"
import { writtenWhole } from "../export/write-file.ts"
import { usageError } from "./network.ts"
import { nullable, text } from "./option.ts"
import { Output } from "./output.ts"
import type { TerminalStyle } from "./terminal-style.ts"

const hex64 = /[0-9a-f]{64}/

/** What nothing in a bundle shows, by kind of claim: nobody may take it for checked. */
const notWorkedOut = (kind: VerifiedBundle["manifest"]["claim"]["kind"]): string =>
  kind === "violation" || kind === "server"
    ? "Not worked out: anything that none of these facts says."
    : `NOT worked out: the ${kind === "indicator" ? "points" : "probability"} in the claim. It is the program's conclusion, repeated from the finding in the bundle.`

const countedChecks = (checks: ReadonlyArray<Check>): ReadonlyArray<string> =>
  [...Map.groupBy(checks, ({ check }) => check)].map(([name, some]) => `  ${some.length} ${name}`)

/** The items that a fact is about. */
const itemsOf = (check: Check): ReadonlyArray<string> => {
  if (check.check === "certificate") return [check.certificate]
  if (check.check === "same key") return check.certificates
  if (check.check === "same value") return check.values.map(({ item }) => item)
  return Object.values(check).flatMap((part: unknown) =>
    typeof part === "object" && part !== null && "item" in part && typeof part.item === "string" ? [part.item] : [])
}

/** What was worked out again, for a person; texts of the bundle may be anybody's. */
const verifiedText = ({ failed, id, items, manifest }: VerifiedBundle, style: TerminalStyle): string => {
  const { about, checks, claim, warning } = manifest
  const covered = new Set(checks.flatMap(itemsOf))
  const plain = (value: unknown) => forDisplay(String(value), 500)
  return `${
    [
      ...(warning === undefined ? [] : [style.warning(plain(warning)), ""]),
      style.bold(failed.length === 0 ? "The bundle is whole, and every fact that it lists is so." : `${failed.length} of ${checks.length} facts are NOT so.`),
      `  number     ${id}`,
      `  claim      ${plain(claim.statement)}`,
      `  crawl      ${plain(about["crawl_id"])} of ${plain(about["network"])}, ${plain(about["crawl_started_at"])}; code version ${plain(about["code_version"])}; licence ${plain(about["licence"])}`,
      `  items      ${items.size}, of ${manifest.visits.length} visits`,
      `Worked out again: ${checks.length} facts, those that the manifest lists and no others; a fact left out by whoever made the bundle is not missed`,
      ...countedChecks(checks),
      `  about ${covered.size} of ${items.size} items`,
      notWorkedOut(claim.kind),
      ...failed.slice(0, 20).map((check) => style.warning(`  not so: ${forDisplay(JSON.stringify(check), 400)}`)),
      "",
      "This shows that nothing was changed and that facts follow from what was received. That the servers really sent it, nobody can prove afterwards: ask them the same again."
    ].join("\n")
  }\n`
}

export const verifyCommand = Command.make("verify", {
  file: Argument.String("BUNDLE").pipe(Argument.withDescription("An evidence bundle of export --what evidence.")),
  id: nullable(text("id", "Its number as it was published, 64 hex digits (default: the one in the file's name).").pipe(Flag.withMetavar("HEX"))),
  extract: nullable(text("extract", "Also write its items into this folder, for other programs to look at.").pipe(Flag.withMetavar("FOLDER")))
}, Effect.fn("verify")(function*(input) {
  const output = yield* Output
  const fs = yield* FileSystem.FileSystem
  const id = (input.id ?? hex64.exec(basename(input.file))?.[0])?.toLowerCase()
  if (id === undefined || !/^[0-9a-f]{64}$/.test(id)) {
    return yield* usageError("Give the bundle's number with --id: without it nobody can tell whether something was changed.")
  }
  const content = yield* fs.readFile(input.file).pipe(
    Effect.mapError(({ message }) => new ExportError({ reason: "bad bundle", message: `${input.file} cannot be read: ${message}` }))
  )
  const bundle = verifyBundle(content, id)
  if (typeof bundle === "string") return yield* new ExportError({ reason: "bad bundle", message: `${input.file} is not that bundle: ${bundle}.` })
  yield* output.stdout(verifiedText(bundle, output.style))
  if (input.extract !== null) {
    for (const [name, bytes] of bundle.items) {
      yield* writtenWhole(join(input.extract, name), (unfinished) =>
        fs.writeFile(unfinished, bytes).pipe(Effect.mapError(({ message }) => new ExportError({ reason: "cannot write", message }))))
    }
  }
  if (bundle.failed.length > 0) {
    return yield* new ExportError({ reason: "bad bundle", message: `${bundle.failed.length} facts of ${input.file} do not follow from its items.` })
  }
})).pipe(
  Command.withDescription("Checks an evidence bundle offline: nothing was changed, and its facts follow from what was received."),
  Command.withExamples([{ command: "observatory verify pair-12-34-….evidence.jsonl", description: "The number is in the file's name" }])
)
