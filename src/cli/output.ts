import { Context, Effect, Layer } from "effect"
import { commandName } from "./command-name.ts"
import type { ProgressMode, ProgressOutput } from "./progress-display.ts"
import { type TerminalStyle, terminalStyle } from "./terminal-style.ts"

/** The process's two output streams, as a service so that commands can be tested without a process. */
export class Output extends Context.Service<Output, {
  /** Data: what a user would redirect into a file. */
  readonly stdout: (text: string) => Effect.Effect<void>
  /** Everything else: progress, notes, questions of age and kind. */
  readonly stderr: (text: string) => Effect.Effect<void>
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  readonly columns: number
  readonly style: TerminalStyle
  /** How the user types this program, for what to do next. */
  readonly command: string
  readonly progress: (mode: "auto" | "plain" | "json" | "off") => ProgressOutput
}>()("electrum-observatory/Output") {
  static readonly layer: Layer.Layer<Output> = Layer.sync(Output, () => {
    const { stderr, stdout } = process
    const columns = stdout.columns || stderr.columns || 100
    // A reader that goes away (`| head`) ends the output; a crawl goes on and saves what it sees.
    for (const stream of [stdout, stderr]) {
      stream.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE") throw error
      })
    }
    const write = (stream: NodeJS.WriteStream) => (text: string) =>
      Effect.callback<void>((resume) => {
        if (stream.destroyed) return resume(Effect.void)
        stream.write(text, () => resume(Effect.void))
      })
    const modeOf = (mode: "auto" | "plain" | "json" | "off"): ProgressMode =>
      mode !== "auto" ? mode : stderr.isTTY === true && process.env["TERM"] !== "dumb" ? "terminal" : "plain"
    return Output.of({
      stdout: write(stdout),
      stderr: write(stderr),
      stdoutIsTerminal: stdout.isTTY === true,
      stderrIsTerminal: stderr.isTTY === true,
      columns,
      style: terminalStyle(stdout.isTTY === true, process.env),
      command: commandName(process.env),
      progress: (mode) => ({
        mode: modeOf(mode),
        columns: stderr.columns || 100,
        style: terminalStyle(stderr.isTTY === true, process.env),
        toStderr: (text) => void stderr.write(text),
        toStdout: (text) => void stdout.write(text)
      })
    })
  })
}
