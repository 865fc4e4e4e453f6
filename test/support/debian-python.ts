import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"

/** Debian's own Python, for which apt installs modules; another one on the path has not got them. */
const debianPython = "/usr/bin/python3"

/** Whether a module of Debian's Python is here; says so when not. */
export const hasPythonModule = (module: string, debianPackage: string): boolean => {
  const has = existsSync(debianPython) && spawnSync(debianPython, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0
  if (!has) console.warn(`Skipped: ${debianPython} has no module ${module}. On Debian: apt-get install --no-install-recommends ${debianPackage}`)
  return has
}

/** What a program prints; fails with its last words. */
export const runPython = (program: string, args: ReadonlyArray<string> = []): string => {
  const { status, stderr, stdout } = spawnSync(debianPython, ["-c", program, ...args], { encoding: "utf8", maxBuffer: 100_000_000 })
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr.slice(-2_000)}`)
  return stdout
}
