import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { Enricher, type EnricherOptions, type Subject } from "../../src/enrich/enricher.ts"
import { Resolver } from "../../src/transport/resolver.ts"

/** Nothing but what a test adds: no files, no questions. */
export const nothingAsked: EnricherOptions = {
  simulated: false,
  refusal: null,
  rate: 0,
  asn: "off",
  ptr: false,
  geoFiles: [],
  cloudRanges: []
}

/** Looks addresses up and returns all facts, with what the report said. */
export const lookUp = (
  addresses: ReadonlyArray<string | Subject>,
  options: Partial<EnricherOptions>,
  resolver: Layer.Layer<Resolver> = Resolver.layerTable({})
) =>
  Effect.gen(function*() {
    const facts: Array<AddressFact> = []
    const enricher = yield* Enricher
    const subjects = addresses.map((one) => typeof one === "string" ? { address: one, known: [] } : one)
    const report = yield* enricher.lookUp(subjects, (found) => Effect.sync(() => void facts.push(...found)))
    return { facts, report }
  }).pipe(
    Effect.provide(Enricher.layer({ ...nothingAsked, ...options }).pipe(Layer.provide(resolver), Layer.provide(NodeServices.layer)))
  )

/** `fact source: answers` or `fact source: (reason)`, of one address, sorted. */
export const said = (facts: ReadonlyArray<AddressFact>, address: string): ReadonlyArray<string> =>
  facts
    .filter((fact) => fact.address === address)
    .map(({ answers, fact, reason, source }) => `${fact} ${source.name}: ${reason === null ? answers.join(", ") : `(${reason})`}`)
    .toSorted()
