import { Clock, Effect } from "effect"
import type { AddressFact, FactKind, FactReason, FactSource, HostAddresses } from "../domain/address-fact.ts"
import { ipVersion } from "../domain/address.ts"
import { scopeRefusal } from "../transport/address-policy.ts"
import type { ResolverShape } from "../transport/resolver.ts"
import type { TransportError } from "../transport/transport-error.ts"
import { originQuestion, originZone, readOrigin, readSystem, type SystemHolder, systemQuestion } from "./cymru.ts"
import { makePace } from "./pace.ts"

export interface LookupOptions {
  /** Simulated chains live on addresses that nobody owns or that are others': these are asked about there, and only there. */
  readonly simulated: boolean
  /** Why no name server may be asked at all; null when one may. */
  readonly refusal: string | null
  /** Questions a second, 0 for no limit. */
  readonly rate: number
}

/** What Team Cymru is asked for. */
export const cymruFacts = ["asn", "org", "country_registered"] as const satisfies ReadonlyArray<FactKind>

/** Why a question brought nothing. */
interface Failure {
  readonly reason: FactReason
  readonly detail: string | null
}

type Answer<A> = { readonly _tag: "got"; readonly value: A } | ({ readonly _tag: "failed" } & Failure)

/** What a resolver says when there is no such name, or nothing under it. */
const nothing = new Set(["ENOTFOUND", "ENODATA"])

const reasonOf = ({ detail, reason }: TransportError): Failure => ({
  reason: reason === "policy" || reason === "us" ? reason : nothing.has(detail) ? "no data" : "dns",
  detail
})

const got = <A>(value: A): Answer<A> => ({ _tag: "got", value })
const failed = (reason: FactReason, detail: string | null): Answer<never> => ({ _tag: "failed", reason, detail })

/** Failures of ours in a row after which nobody is asked any more: hundreds of timeouts would help no one. */
const patience = 5

/** Characters of an answer that could not be read, kept as its detail. */
const rawKept = 200

/** Questions to name servers about addresses: paced, each system asked about once, given up when no server answers. */
export const makeLookups = Effect.fnUntraced(function*(resolver: ResolverShape, options: LookupOptions) {
  const paced = yield* makePace(options.rate)
  const systems = new Map<string, Effect.Effect<Answer<SystemHolder>>>()
  let lost = 0

  const ask = <A>(question: Effect.Effect<A, TransportError>): Effect.Effect<Answer<A>> =>
    Effect.suspend(() => {
      if (options.refusal !== null) return Effect.succeed(failed("policy", options.refusal))
      if (lost >= patience) return Effect.succeed(failed("us", `not asked after ${patience} failures in a row`))
      return paced(question).pipe(
        Effect.matchEffect({
          onFailure: (error): Effect.Effect<Answer<A>> => Effect.sync(() => {
            const { detail, reason } = reasonOf(error)
            lost = reason === "us" ? lost + 1 : 0
            return failed(reason, detail)
          }),
          onSuccess: (value) => Effect.sync(() => {
            lost = 0
            return got(value)
          })
        })
      )
    })

  /** Read what came, or keep how it begins. */
  const read = <A>(answer: Answer<ReadonlyArray<string>>, reader: (texts: ReadonlyArray<string>) => A | undefined): Answer<A> => {
    if (answer._tag === "failed") return answer
    const value = reader(answer.value)
    return value === undefined ? failed("malformed", answer.value.join("; ").slice(0, rawKept)) : got(value)
  }

  const system = Effect.fnUntraced(function*(asn: string) {
    const known = systems.get(asn)
    if (known !== undefined) return yield* known
    const asked = yield* Effect.cached(
      Effect.map(ask(resolver.texts(systemQuestion(asn))), (answer) => read(answer, (texts) => readSystem(texts, asn)))
    )
    systems.set(asn, asked)
    return yield* asked
  })

  const factsOf = Effect.fnUntraced(function*(address: string, source: FactSource) {
    const lookedUpAt = yield* Clock.currentTimeMillis
    return (fact: FactKind, answers: ReadonlyArray<string>, why: Partial<Failure & Pick<AddressFact, "block">> = {}): AddressFact => ({
      address,
      fact,
      source,
      answers,
      reason: answers.length > 0 ? null : why.reason ?? "no data",
      detail: why.detail ?? null,
      block: why.block ?? null,
      lookedUpAt
    })
  })

  /** Our own rules against naming an address to a name server. */
  const refusalOf = (address: string): Answer<never> | undefined => {
    const refusal = options.simulated ? undefined : scopeRefusal(address, { allowPrivate: false, simulated: false })
    return refusal === undefined ? undefined : failed("policy", refusal)
  }

  /** Asks Team Cymru for `cymruFacts`. */
  const cymru = Effect.fnUntraced(function*(address: string) {
    const source: FactSource = { kind: "cymru", name: originZone[ipVersion(address) ?? 4], rank: 0, dataAt: null }
    const answer = refusalOf(address) ??
      read(yield* ask(resolver.texts(originQuestion(address)!)), (texts) => readOrigin(texts, address))
    if (answer._tag === "failed") {
      const fact = yield* factsOf(address, source)
      return cymruFacts.map((kind) => fact(kind, [], answer))
    }
    const origin = answer.value
    const holders = yield* Effect.forEach(origin.asns, system)
    const fact = yield* factsOf(address, source)
    const { block, detail } = origin
    const names = holders.flatMap((holder) => holder._tag === "got" && holder.value.name !== null ? [holder.value.name] : [])
    const failure = holders.find((holder) => holder._tag === "failed")
    return [
      fact("asn", origin.asns, { block, detail }),
      fact("org", names, { block, ...(names.length > 0 ? {} : failure) }),
      fact("country_registered", origin.country === null ? [] : [origin.country], { block, detail })
    ]
  })

  /** Asks for the names of an address: fact `ptr`. */
  const names = Effect.fnUntraced(function*(address: string) {
    const source: FactSource = { kind: "reverse dns", name: "PTR", rank: 0, dataAt: null }
    const answer = refusalOf(address) ?? (yield* ask(resolver.names(address)))
    const fact = yield* factsOf(address, source)
    return [answer._tag === "got" ? fact("ptr", answer.value) : fact("ptr", [], answer)]
  })

  /** Asks for the addresses of a name. */
  const addresses = Effect.fnUntraced(function*(host: string) {
    const answer = yield* ask(resolver.addresses(host))
    const resolvedAt = yield* Clock.currentTimeMillis
    const found: HostAddresses = answer._tag === "got"
      ? { host, addresses: answer.value, reason: null, detail: null, resolvedAt }
      : { host, addresses: [], reason: answer.reason, detail: answer.detail, resolvedAt }
    return found
  })

  return { cymru, names, addresses }
})
