import { Effect, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import type { Commit } from "../../domain/listed-name.ts"
import { DiscoveryError } from "../discovery-error.ts"
import { collectBounded } from "../read-list.ts"

/** Commits read of one history. */
export const maxCommits = 20_000

/** Bytes of answers that are read of git at the most. */
const maxAnswerBytes = 200_000_000

const timeout = "5 minutes"

/**
 * A checkout may come from anybody, and its configuration can name programs:
 * only commands that run none are used, without hooks, pagers, filters, replaced
 * objects, and without fetching what a partial clone lacks.
 */
const options = ["--no-pager", "--no-replace-objects", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "protocol.allow=never"]

const environment = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_OPTIONAL_LOCKS: "0",
  LC_ALL: "C"
}

/** What git answers to a command, with lines on its input. Fails with `cannot read`, `too large` or `timeout`. */
const git = Effect.fnUntraced(function*(folder: string, args: ReadonlyArray<string>, input = "") {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const fail = (reason: DiscoveryError["reason"], message: string) => new DiscoveryError({ reason, subject: folder, message })
  const cannot = (error: { readonly message: string }) => fail("cannot read", `git cannot be run: ${error.message}`)
  const child = yield* spawner.spawn(ChildProcess.make("git", [...options, "-C", folder, ...args], {
    env: environment,
    extendEnv: true,
    stdin: Stream.make<ReadonlyArray<Uint8Array>>(Buffer.from(input)),
    forceKillAfter: "2 seconds"
  })).pipe(Effect.mapError(cannot))
  const [chunks, errors] = yield* Effect.all([
    collectBounded(child.stdout.pipe(Stream.mapError(cannot)), maxAnswerBytes, () => fail("too large", `git answers more than ${maxAnswerBytes.toLocaleString("en")} bytes.`)),
    collectBounded(child.stderr.pipe(Stream.mapError(cannot)), 1_000_000, () => fail("too large", "git complains without end."))
  ], { concurrency: 2 })
  const code = yield* child.exitCode.pipe(Effect.mapError(cannot))
  if (code !== 0) {
    const complaint = Buffer.concat(errors).toString()
    if (complaint.includes("dubious ownership")) {
      return yield* fail("cannot read", `${folder} belongs to another user, whose repository git does not read: copy it, or clone it to a folder of yours.`)
    }
    const words = complaint.trim().split("\n").at(-1)?.slice(0, 300)
    return yield* fail("cannot read", `git ${args[0]} failed in ${folder}: ${words === undefined || words === "" ? `code ${code}` : words}`)
  }
  return Buffer.concat(chunks)
}, Effect.scoped, (effect, folder) =>
  Effect.timeoutOrElse(effect, {
    duration: timeout,
    orElse: () => Effect.fail(new DiscoveryError({ reason: "timeout", subject: folder, message: `git did not answer within ${timeout}.` }))
  }))

const text = (bytes: Buffer): string => bytes.toString("utf8")
const lines = (bytes: Buffer): ReadonlyArray<string> => text(bytes).split("\n").filter((line) => line !== "")

/** The commit that is checked out, and where the repository came from, without credentials; null where it does not say. */
export const readHead = Effect.fnUntraced(function*(folder: string) {
  const [head] = lines(yield* git(folder, ["log", "-1", "--format=%H %ct", "HEAD"]))
  const origin = yield* git(folder, ["config", "--local", "--get", "remote.origin.url"]).pipe(
    Effect.map((bytes) => text(bytes).trim().replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, "").replace(/^[^@/:]*@/, "").replace(/\.git$/, "")),
    Effect.orElseSucceed(() => "")
  )
  return { head: commitOf(head ?? ""), origin: origin === "" ? null : origin.slice(0, 300) }
})

/** Latest second that a date may be of: the end of the year 9999. Who commits writes any. */
const latestSecond = 253_402_300_799

const commitOf = (line: string): Commit => {
  const [hash = "", seconds = "0"] = line.split(" ")
  const at = Number(seconds)
  return { hash, at: Number.isFinite(at) ? Math.min(Math.max(at, 0), latestSecond) * 1000 : 0 }
}

/**
 * Paths that ever existed on the main line and match one of the patterns (git's
 * own, e.g. `*servers*.json`).
 */
export const readPaths = (folder: string, patterns: ReadonlyArray<string>) =>
  Effect.map(
    git(folder, ["log", "--first-parent", "--format=", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "HEAD", "--", ...patterns]),
    (bytes) => [...new Set(text(bytes).split("\0").map((path) => path.trim()).filter((path) => path !== ""))]
  )

/** The commits of the main line (first parents) that changed one of the paths, oldest first. */
export const readCommits = (folder: string, paths: ReadonlyArray<string>) =>
  Effect.map(
    git(folder, ["log", "--first-parent", "--reverse", "--format=%H %ct", "HEAD", "--", ...paths.map((path) => `:(literal)${path}`)]),
    (bytes) => lines(bytes).map(commitOf)
  )

/**
 * The contents of files at commits (`COMMIT:PATH`), as hash of the content and
 * its bytes by hash; a name that is not there has no entry. Files above `limit`
 * bytes have a hash and no content.
 */
export const readFiles = Effect.fnUntraced(function*(folder: string, names: ReadonlyArray<string>, limit: number) {
  const safe = names.filter((name) => !/[\n\r]/.test(name))
  const checked = text(yield* git(folder, ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"], safe.map((name) => `${name}\n`).join(""))).split("\n")
  const objects = new Map<string, string>()
  const small = new Set<string>()
  safe.forEach((name, i) => {
    const match = /^([0-9a-f]{40,64}) blob ([0-9]+)$/.exec(checked[i] ?? "")
    if (match === null) return
    objects.set(name, match[1]!)
    if (Number(match[2]) <= limit) small.add(match[1]!)
  })
  const wanted = [...small]
  const answer = yield* git(folder, ["cat-file", "--batch=%(objectname) %(objectsize)"], wanted.map((hash) => `${hash}\n`).join(""))
  const contents = new Map<string, string>()
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf(10, at)
    if (end === -1) break
    const [hash = "", size = ""] = answer.subarray(at, end).toString("latin1").split(" ")
    const start = end + 1
    contents.set(hash, answer.subarray(start, start + Number(size)).toString("utf8"))
    at = start + Number(size) + 1
  }
  return { objects, contents }
})
