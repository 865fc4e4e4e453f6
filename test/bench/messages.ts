import { fork } from "node:child_process"
import { basename } from "node:path"
import type { VisitScope } from "../../src/domain/visit.ts"

/** What the processes of the comparison tell each other. All of it is our own data, on one machine. */
export interface Network {
  readonly transport: "tcp" | "tls"
  /** Address and port of every server; the first one is the seed. */
  readonly servers: ReadonlyArray<readonly [address: string, port: number]>
}

/** A network to be started. */
export interface NetworkRequest {
  readonly transport: Network["transport"]
  readonly count: number
  /** How long every reply takes: nothing, or what the way to a server takes. */
  readonly delayMs: number
}

/** One measured run. */
export interface Job {
  readonly network: Network
  readonly concurrency: number
  /** How much each visit asks. */
  readonly scope: VisitScope
  /** The bare client only: whether it reads what a TLS handshake shows, as the product does. */
  readonly readsHandshake: boolean
  /** The product only: the database file to write. */
  readonly db: string | null
}

/** The rows of a crawl's database, to be stored again in a file of their own. */
export interface StoringJob {
  readonly from: string
  readonly to: string
  readonly visits: number
  /** As many as a crawl makes, one a second. */
  readonly commits: number
}

export interface Measured {
  readonly visits: number
  readonly wallMs: number
  /** User and system time of the process during the run, all threads. */
  readonly cpuMs: number
  /** Largest resident set of the process since it began. */
  readonly peakRssMb: number
}

/** Rounds of `server.peers.subscribe`: what the product asks at least when it decides by itself. */
export const peerRounds = 2

export const listLength = 182

export const timeouts = { connectMs: 10_000, replyMs: 15_000 } as const

/** Runs a job and measures it; shared so that both sides are measured alike. */
export const measured = async (run: () => Promise<number>): Promise<Measured> => {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const visits = await run()
  const wallMs = performance.now() - startedAt
  const { system, user } = process.cpuUsage(cpu)
  return { visits, wallMs, cpuMs: (user + system) / 1000, peakRssMb: process.resourceUsage().maxRSS / 1024 }
}

/** The other side of a `Worker`: answers every message with what `handle` makes of it, ends with its parent. */
export const serve = <In, Out>(handle: (message: In) => Promise<Out>): void => {
  process.on("message", (message) => {
    handle(message as In).then(
      (result) => process.send!({ result }),
      (error: unknown) => process.send!({ error: error instanceof Error ? error.stack ?? error.message : String(error) })
    )
  })
  process.on("disconnect", () => process.exit(0))
}

/** A child process that answers one message at a time. */
export class Worker<In extends object, Out> {
  readonly #child
  readonly #file: string

  /** @param path a module that calls `serve`; `profile`: a folder for a CPU profile; `environment`: beside the path */
  constructor(path: string, profile: string | null = null, environment: Readonly<Record<string, string>> = {}) {
    this.#file = basename(path)
    const name = `${this.#file}.${Date.now()}.cpuprofile`
    this.#child = fork(path, {
      execArgv: profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${name}`],
      env: { PATH: process.env["PATH"], OBSERVATORY_LOOPBACK_ONLY: "1", ...environment }
    })
  }

  ask(message: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`${this.#file} ended with ${code}`))
      this.#child.once("exit", onExit)
      this.#child.once("message", (answer: { readonly result: Out } | { readonly error: string }) => {
        this.#child.off("exit", onExit)
        if ("error" in answer) reject(new Error(`${this.#file}: ${answer.error}`))
        else resolve(answer.result)
      })
      this.#child.send(message)
    })
  }

  /** Returns when the process is gone. */
  stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      this.#child.once("exit", () => resolve())
      this.#child.disconnect()
    })
  }
}

/** By the clock, and of processor time. */
export interface Took {
  readonly seconds: number
  readonly cpuSeconds: number
}

/** What one part of an analysis took, of processor time of all threads. */
export interface MeasuredStage extends Took {
  readonly name: string
}

/** What a thread of an analysis says of itself. */
export interface MeasuredThread {
  readonly thread: string
  /** Until each of its answers was handed on, from having its input; of processor time its own. */
  readonly answers: ReadonlyArray<Took>
}

/** What the thread that judges takes: comparing, learning, and finding groups. Of processor time its own. */
export interface MeasuredJudging {
  /** The thread is its own, begun for this; a small crawl is judged by the main thread. */
  readonly isApart: boolean
  /** From having the traits of servers until verdicts and groups are handed on. */
  readonly verdicts: Took
  /** The same until the tables of pairs are too; null where the main thread makes them, while it writes. */
  readonly tables: Took | null
}

/** A whole analysis in a process of its own. */
export interface MeasuredAnalysis {
  readonly servers: number
  readonly announcements: number
  readonly pairs: number
  readonly clusters: number
  readonly stages: ReadonlyArray<MeasuredStage>
  /** Without loading the program and opening the database. */
  readonly alone: Took
  readonly judging: MeasuredJudging
  /** The longest time that the main thread did nothing else. */
  readonly longestPauseMs: number
}

/** What a whole process took. */
export interface MeasuredProcess {
  /** All threads. */
  readonly cpuSeconds: number
  /** Largest resident set. */
  readonly peakBytes: number
}
