import { setTimeout as sleep } from "node:timers/promises"
import { Effect, FileSystem, Schema } from "effect"
import { measureLeaks, type MeasuredLeaks, type WalletRun } from "../../analysis/exposure/measured-leaks.ts"
import { LoggedRequest } from "../../domain/request-log.ts"
import { startElectrumWallet } from "./electrum-daemon.ts"
import { startIsolatedSimnet } from "./isolated-simnet.ts"
import { loopbackWorld } from "./loopback-world.ts"
import { measureScenario, operatorOf, plannedRuns, serverText } from "./measure-scenario.ts"

/** Why wallets could not be measured. */
export class MeasureError extends Schema.TaggedError<MeasureError>()("MeasureError", {
  reason: Schema.Literals(["no wallet", "simnet", "wallet", "log"]),
  /** A sentence for a person. */
  message: Schema.String
}) {}

const failed = (reason: MeasureError["reason"], what: string) => (cause: unknown): MeasureError =>
  new MeasureError({ reason, message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}` })

/** The height of every node of the scenario when it begins. */
const firstTip = 2150

/** How long a wallet may take to read its headers and histories (milliseconds). */
const patienceMs = 120_000

/** Without an answer of the last servers to connect to, what they see would be missing. */
const settleMs = 3_000

const LogLine = Schema.fromJsonString(LoggedRequest)

/**
 * Runs Debian's wallet against servers that write down what they are asked, in
 * a network namespace without a way out where that is permitted, and computes
 * from their logs what they learned. Fails with reason `no wallet` where there
 * is none.
 *
 * @param listenMs how long the first wallet stays connected once it has read everything
 */
export const measureWallets = Effect.fnUntraced(function*(options: {
  readonly listenMs: number
  /** Where the wallet is. */
  readonly electrum: string
  /** This program's own file, as it was started. */
  readonly program: string
  readonly say: (line: string) => Effect.Effect<void>
}): Effect.fn.Return<{ readonly leaks: MeasuredLeaks; readonly isolated: boolean }, MeasureError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const attempt = <A>(reason: MeasureError["reason"], what: string, act: () => Promise<A>) =>
    Effect.tryPromise({ try: act, catch: failed(reason, what) })
  if (!(yield* fs.exists(options.electrum).pipe(Effect.orElseSucceed(() => false)))) {
    return yield* new MeasureError({
      reason: "no wallet",
      message: `There is no ${options.electrum}: measuring needs Debian's wallet (apt-get install --no-install-recommends electrum).`
    })
  }
  return yield* Effect.scoped(Effect.gen(function*() {
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "observatory-measure-" }).pipe(Effect.mapError(failed("log", "No temporary folder can be made")))
    const [scenario, logFile] = [`${folder}/scenario.json`, `${folder}/log.jsonl`]
    yield* fs.writeFileString(scenario, JSON.stringify(measureScenario())).pipe(Effect.mapError(failed("log", "The scenario cannot be written")))
    const world = yield* Effect.acquireRelease(Effect.promise(() => loopbackWorld()), (world) => Effect.promise(() => world.close()))
    const simnet = yield* attempt("simnet", "The servers cannot be started", () =>
      startIsolatedSimnet(world, options.program, ["--scenario", scenario, "--log", logFile]))
    yield* Effect.addFinalizer(() => Effect.promise(() => simnet.stop()))
    const runs: Array<WalletRun> = []
    for (const [i, { server, wallet: { masterKey, name, reusesAddress } }] of plannedRuns.entries()) {
      yield* options.say(`Wallet ${i + 1} of ${plannedRuns.length}: ${reusesAddress ? "with address reuse" : "without address reuse"}, main server ${server}.`)
      const from = Date.now()
      yield* Effect.acquireUseRelease(
        attempt("wallet", "The wallet cannot be started", () =>
          startElectrumWallet({ program: options.electrum, world, server: serverText(server), socksPort: simnet.socksPort, oneServer: false })),
        (wallet) =>
          attempt("wallet", "The wallet does not work with the servers", async () => {
            await wallet.call("restore", { text: masterKey })
            await wallet.call("load_wallet")
            await wallet.until("getinfo", (info) => (info as { readonly blockchain_height: number }).blockchain_height >= firstTip, patienceMs)
            await wallet.until("is_synchronized", (answer) => answer === true, patienceMs)
            await sleep(i === 0 ? Math.max(settleMs, options.listenMs) : settleMs)
          }),
        (wallet) => Effect.promise(() => wallet.stop())
      )
      runs.push({ wallet: name, reusesAddress, from, to: Date.now() })
    }
    // Its log is complete when it has stopped.
    yield* Effect.promise(() => simnet.stop())
    const text = yield* fs.readFileString(logFile).pipe(Effect.mapError(failed("log", "The servers' log cannot be read")))
    const log = yield* Effect.forEach(text.split("\n").filter((line) => line !== ""), (line) => Schema.decodeEffect(LogLine)(line)).pipe(
      Effect.mapError(failed("log", "The servers' log is not as expected"))
    )
    return { leaks: measureLeaks(log, runs, operatorOf), isolated: world.isolated }
  }))
})
