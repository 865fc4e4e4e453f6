import { once } from "node:events"
import { createInterface } from "node:readline"
import { Option } from "effect"
import { decodeReady } from "../simnet.ts"
import type { LoopbackWorld } from "./loopback-world.ts"

/**
 * `observatory simnet ARGS` where nothing but loopback exists; rejects with
 * its words when it does not start.
 *
 * @param program this program's own file, as it was started
 */
export const startIsolatedSimnet = async (
  world: LoopbackWorld,
  program: string,
  args: ReadonlyArray<string>
): Promise<{ readonly socksPort: number; readonly stop: () => Promise<void> }> => {
  const child = world.spawn(process.execPath, [program, "simnet", "--ready-json", ...args], {
    env: { PATH: process.env["PATH"] ?? "", OBSERVATORY_LOOPBACK_ONLY: "1" },
    stdio: ["pipe", "pipe", "pipe"]
  })
  let errors = ""
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk))
  const lines = createInterface({ input: child.stdout! })
  const line = await Promise.race([once(lines, "line"), once(lines, "close")]).then(([text]) => String(text))
  const ready = Option.getOrThrowWith(decodeReady(line), () => new Error(`simnet does not start: ${errors}`))
  return {
    socksPort: Number(new URL(ready.socks).port),
    stop: async () => {
      child.stdin!.end()
      if (child.exitCode === null) await once(child, "close")
    }
  }
}
