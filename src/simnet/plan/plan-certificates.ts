import type { SeededRandom } from "../draw/random.ts"
import { rsaKeys } from "../identity/seeded-keys.ts"
import type { CertificatePlan } from "../identity/tls-identities.ts"
import type { ServerSpec } from "../scenario/server-spec.ts"

const hostsOf = (spec: ServerSpec): ReadonlyArray<string> => spec.names.map((name) => name.host)

/** Servers with one key show one certificate unless each has its own, or only some renewed theirs. */
const labelOf = (spec: ServerSpec): string => {
  const key = spec.key ?? spec.id
  const { each, renewed } = spec.certificate ?? {}
  return [key, each === true ? spec.id : "", renewed ?? 0].join(" ")
}

/** An RSA key for each label that wants one, another for each: strangers must not share one by chance. */
const rsaNumbers = (specs: ReadonlyArray<ServerSpec>, random: SeededRandom): ReadonlyMap<string, number> => {
  const labels = new Set(specs.filter((spec) => spec.certificate?.key_type === "rsa").map((spec) => spec.key ?? spec.id))
  const taken = new Map<number, string>()
  for (const label of [...labels].toSorted()) {
    const draw = random.fork(`rsa/${label}`)
    let number = draw.integer(0, rsaKeys - 1)
    while (taken.has(number)) number = draw.integer(0, rsaKeys - 1)
    taken.set(number, label)
  }
  return new Map([...taken].map(([number, label]) => [label, number]))
}

/** Which certificate each server shows; the order of servers does not matter. */
export const planCertificates = (
  specs: ReadonlyArray<ServerSpec>,
  random: SeededRandom
): ((spec: ServerSpec) => CertificatePlan) => {
  const numbers = rsaNumbers(specs, random)
  const sorted = specs.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const plans = new Map(
    [...Map.groupBy(sorted, labelOf)].map(([label, sharers]): readonly [string, CertificatePlan] => {
      const key = sharers[0]!.key ?? sharers[0]!.id
      const rsaNumber = numbers.get(key)
      return [
        label,
        {
          key,
          label,
          hosts: [...new Set(sharers.flatMap(hostsOf))],
          spec: sharers[0]!.certificate ?? {},
          ...(rsaNumber === undefined ? {} : { rsaNumber })
        }
      ]
    })
  )
  return (spec) => plans.get(labelOf(spec))!
}
