import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** A repository of a test: files are written or taken away (null), and committed on a day. */
export interface TestRepository {
  readonly folder: string
  readonly commit: (day: string, files: Readonly<Record<string, string | null>>) => string
  readonly git: (...args: ReadonlyArray<string>) => string
}

/** Makes an empty repository in a folder, which git may not have any settings of. */
export const testRepository = (folder: string): TestRepository => {
  mkdirSync(folder, { recursive: true })
  const git = (env: Record<string, string>, args: ReadonlyArray<string>): string => {
    const { error, status, stderr, stdout } = spawnSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "test",
        GIT_AUTHOR_EMAIL: "test@example.org",
        GIT_COMMITTER_NAME: "test",
        GIT_COMMITTER_EMAIL: "test@example.org",
        ...env
      }
    })
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${error?.message ?? stderr}`)
    return stdout.trim()
  }
  git({}, ["init", "-q", "-b", "main"])
  return {
    folder,
    git: (...args) => git({}, args),
    commit: (day, files) => {
      for (const [path, content] of Object.entries(files)) {
        const full = join(folder, path)
        if (content === null) rmSync(full)
        else {
          mkdirSync(dirname(full), { recursive: true })
          writeFileSync(full, content)
        }
      }
      const at = `${day}T12:00:00Z`
      git({}, ["add", "-A"])
      git({ GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }, ["commit", "-q", "-m", `on ${day}`, "--allow-empty"])
      return git({}, ["rev-parse", "HEAD"])
    }
  }
}
