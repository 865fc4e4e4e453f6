import { spawnSync } from "node:child_process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import leanEnvironment from "../../src/lean-environment.json" with { type: "json" }

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What the launcher's last process began with, and what programs that it starts would. */
const environments = (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) => {
  const { stderr, status } = spawnSync(process.execPath, [here("../../src/bin.mjs"), ...args, "--help"], {
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      NODE_OPTIONS: `--import=${pathToFileURL(here("../support/tell-environment.mjs")).href}`,
      OBSERVATORY_LOOPBACK_ONLY: "1",
      ...environment
    }
  })
  expect(status).toBe(0)
  return JSON.parse(stderr.trim().split("\n").at(-1)!) as Readonly<Record<"began" | "hands", Readonly<Record<string, string>>>>
}

describe.runIf(process.platform === "linux")("the launcher", { timeout: 60_000 }, () => {
  it("begins a crawl with the environment that keeps it small, and does not hand that on", () => {
    const { began, hands } = environments(["crawl"])
    expect(began).toMatchObject(leanEnvironment)
    for (const name of Object.keys(leanEnvironment)) expect(hands).not.toHaveProperty(name)
    expect(Object.keys(hands).filter((name) => name.startsWith("OBSERVATORY_"))).toEqual(["OBSERVATORY_LOOPBACK_ONLY"])
  })

  it("hands on what the user has set, also where it is the same", () => {
    const { began, hands } = environments(["crawl"], leanEnvironment)
    expect(began).toMatchObject(leanEnvironment)
    expect(hands).toMatchObject(leanEnvironment)
  })

  it("leaves what the user has set", () => {
    const { began, hands } = environments(["watch"], { MALLOC_ARENA_MAX: "3" })
    expect(began).toMatchObject({ ...leanEnvironment, MALLOC_ARENA_MAX: "3" })
    expect(hands).toMatchObject({ MALLOC_ARENA_MAX: "3" })
  })

  it("starts everything else as it is", () => {
    for (const name of Object.keys(leanEnvironment)) expect(environments(["analyze"]).began).not.toHaveProperty(name)
  })
})
