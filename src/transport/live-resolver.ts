import { Clock, Effect } from "effect"
import { Resolver as DnsChannel } from "node:dns"
import { canonicalAddress } from "../domain/address.ts"
import { loopbackRefusal } from "./address-policy.ts"
import { dnsFailure, isDoubtful, isServersWord } from "./dns-failure.ts"
import { type NameServer, nameServerText } from "./name-server.ts"
import { reverseName } from "./reverse-name.ts"
import { policyFailure } from "./transport-error.ts"
import { detectVantage, type Vantage } from "./vantage.ts"

export interface ResolverOptions {
  /** Null: the system's name servers. */
  readonly server: NameServer | null
  readonly loopbackOnly: boolean
  /** For one name, both families together. Default 10 s. */
  readonly timeoutMs?: number
  /** What is known of this machine's routes; what is left out is looked up. */
  readonly vantage?: Partial<Vantage>
}

const maxRecords = 16
const maxNameLength = 255
const maxTextLength = 4096
/** Once one family has answered, how long the other one may still take. */
const graceMs = 2_000
/** How long an answer, of any name, proves that name servers can be reached. */
const reachableForMs = 30_000

type Answer =
  | { readonly _tag: "records"; readonly records: ReadonlyArray<string> }
  | { readonly _tag: "code"; readonly code: string }

const noAnswer: Answer = { _tag: "code", code: "ETIMEOUT" }

type Ask = (channel: DnsChannel, done: (error: NodeJS.ErrnoException | null, records: ReadonlyArray<string>) => void) => void

/** Live resolution through `node:dns` (c-ares), a channel of its own for each name so that it can be cancelled. */
export const make = Effect.fnUntraced(function*(options: ResolverOptions) {
  const clock = yield* Clock.Clock
  const timeoutMs = options.timeoutMs ?? 10_000
  const channelOptions = { timeout: Math.max(100, Math.ceil(timeoutMs / 3)), tries: 2 }
  let answeredAt = -Infinity

  const open = (): DnsChannel => {
    const channel = new DnsChannel(channelOptions)
    if (options.server !== null) channel.setServers([nameServerText(options.server)])
    return channel
  }

  /** In loopback-only mode the system's servers are refused too: a stub on 127.0.0.53 would ask the internet. */
  const refusal = options.server === null
    ? options.loopbackOnly ? "OBSERVATORY_LOOPBACK_ONLY forbids the system's name servers" : undefined
    : loopbackRefusal(options.server.address, options, "name server")

  /** Asks all questions at once; when one has its records, the others get a moment more. */
  const ask = (questions: ReadonlyArray<Ask>, most = maxRecords): Effect.Effect<ReadonlyArray<Answer>> =>
    Effect.suspend(() => {
      const channel = open()
      const answers: Array<Answer> = questions.map(() => noAnswer)
      let pending = questions.length
      let onFirst: (() => void) | undefined
      const first = Effect.callback<void>((resume) => {
        onFirst = () => resume(Effect.void)
      })
      const all = Effect.callback<void>((resume) => {
        questions.forEach((question, i) =>
          question(channel, (error, records) => {
            answers[i] = error === null
              ? { _tag: "records", records: records.slice(0, most) }
              : { _tag: "code", code: error.code ?? error.message }
            if (error === null || isServersWord(error.code ?? "")) answeredAt = clock.currentTimeMillisUnsafe()
            if (--pending === 0) resume(Effect.void)
            else if (error === null) onFirst?.()
          })
        )
      })
      return Effect.raceFirst(Effect.andThen(first, Effect.sleep(graceMs)), all).pipe(
        Effect.timeoutOption(timeoutMs),
        Effect.ensuring(Effect.sync(() => channel.cancel())),
        Effect.map(() => answers.slice())
      )
    })

  /** Whether any name server answers anything: asks for the root's own servers. */
  const isReachable = Effect.suspend(() =>
    clock.currentTimeMillisUnsafe() - answeredAt < reachableForMs ? Effect.succeed(true) : ask([
      (channel, done) => channel.resolveNs(".", done)
    ]).pipe(Effect.map(() => clock.currentTimeMillisUnsafe() - answeredAt < reachableForMs))
  )

  const hasRoute = options.server !== null
    ? Effect.succeed(true)
    : Effect.map(detectVantage, (found) => {
      const vantage = { ...found, ...options.vantage }
      return vantage.ipv4 || vantage.ipv6
    })

  /** Tells a name's own trouble from ours, asking further where the code leaves doubt. */
  const judge = Effect.fnUntraced(function*(code: string) {
    const server = options.server === null ? null : nameServerText(options.server)
    if (!isDoubtful(code)) return dnsFailure(code, { server, hasRoute: true, isReachable: true })
    const isUp = yield* hasRoute
    return dnsFailure(code, { server, hasRoute: isUp, isReachable: isUp && code === "ETIMEOUT" && (yield* isReachable) })
  })

  const recordsOf = (answer: Answer | undefined): ReadonlyArray<string> =>
    answer?._tag === "records" ? answer.records : []

  const codeOf = (answers: ReadonlyArray<Answer>): string => {
    const codes = answers.map((answer) => answer._tag === "code" ? answer.code : "ENODATA")
    return codes.find((code) => code !== "ENODATA") ?? "ENODATA"
  }

  return {
    addresses: Effect.fn("Resolver.addresses")(function*(name: string, most = maxRecords) {
      if (refusal !== undefined) return yield* policyFailure(refusal)
      const answers = yield* ask([
        (channel, done) => channel.resolve4(name, done),
        (channel, done) => channel.resolve6(name, done)
      ], most)
      const [ipv4, ipv6] = answers.map(recordsOf)
      const found = [...ipv4!.slice(0, most - Math.min(ipv6!.length, most / 2)), ...ipv6!]
        .map(canonicalAddress)
        .filter((address) => address !== undefined)
        .slice(0, most)
      return found.length > 0 ? [...new Set(found)] : yield* yield* judge(codeOf(answers))
    }),
    names: Effect.fn("Resolver.names")(function*(address: string) {
      if (refusal !== undefined) return yield* policyFailure(refusal)
      const question = reverseName(address)
      if (question === undefined) return yield* policyFailure(`no address: ${address}`)
      const answers = yield* ask([(channel, done) => channel.resolvePtr(question, done)])
      const found = recordsOf(answers[0]).filter((name) => name.length <= maxNameLength)
      return found.length > 0 ? found : yield* yield* judge(codeOf(answers))
    }),
    texts: Effect.fn("Resolver.texts")(function*(name: string) {
      if (refusal !== undefined) return yield* policyFailure(refusal)
      const answers = yield* ask([
        (channel, done) =>
          channel.resolveTxt(name, (error, records) => done(error, (records ?? []).map((parts) => textOf(parts).slice(0, maxTextLength))))
      ])
      const found = recordsOf(answers[0])
      return found.length > 0 ? found : yield* yield* judge(codeOf(answers))
    })
  }
})

/** The strings of one TXT record are one text. Node gives every byte as a character; what is UTF-8 is read as that. */
const textOf = (parts: ReadonlyArray<string>): string => {
  const bytes = Buffer.from(parts.join(""), "latin1")
  const text = bytes.toString("utf8")
  return text.includes("\ufffd") ? bytes.toString("latin1") : text
}
