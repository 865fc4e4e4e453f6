import type { CertificatePlan } from "./tls-identity.ts"
import type { ServerSpec } from "./scenario-server.ts"

const hostsOf = (spec: ServerSpec): ReadonlyArray<string> => spec.names.map((name) => name.host)

/** Servers with one key show one certificate unless each has its own, or only some renewed theirs. */
const labelOf = (spec: ServerSpec): string => {
  const key = spec.key ?? spec.id
  const { each, renewed } = spec.certificate ?? {}
  return [key, each === true ? spec.id : "", renewed ?? 0].join(" ")
}

/** Which certificate each server shows; the order of servers does not matter. */
export const planCertificates = (specs: ReadonlyArray<ServerSpec>): ((spec: ServerSpec) => CertificatePlan) => {
  const sorted = specs.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const plans = new Map(
    [...Map.groupBy(sorted, labelOf)].map(([label, sharers]): readonly [string, CertificatePlan] => [
      label,
      {
        key: sharers[0]!.key ?? sharers[0]!.id,
        label,
        hosts: [...new Set(sharers.flatMap(hostsOf))],
        spec: sharers[0]!.certificate ?? {}
      }
    ])
  )
  return (spec) => plans.get(labelOf(spec))!
}
