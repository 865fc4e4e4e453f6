import { isDistinct } from "../../draw/template.ts"
import { type CertificateSpec, mostRsaKeys } from "../certificate-spec.ts"
import type { Mistake } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import { labelsOf } from "./labels.ts"

/** What is wrong with its times: certificates that ended are the trait `expired-certificate`. */
const ageProblem = ({ days, days_ago: ago }: CertificateSpec): string | undefined => {
  const oldest = typeof ago === "number" ? ago : ago?.[1]
  return days === undefined || oldest === undefined || oldest <= days
    ? undefined
    : `is longer ago than the ${days} days that it lasts`
}

const subjectProblem = (subject: string | undefined): string | undefined => {
  const country = /(?:^|,)C=([^,]*)/.exec(subject ?? "")?.[1]
  return country === undefined || /^([A-Z]{2}|\{country\})$/.test(country)
    ? undefined
    : `C=${country} is no country of two capital letters`
}

/** Certificates that could not be, and more RSA keys than there are. */
export const mistakesOfCertificates = (scenario: Scenario): ReadonlyArray<Mistake> => {
  let keys = 0
  return (["servers", "fleets"] as const).flatMap((section) =>
    (scenario[section] ?? []).flatMap((spec, i) => {
      const { certificate } = spec
      if (certificate === undefined) return []
      const path = [section, i, "certificate"]
      const mistakes: Array<Mistake> = []
      const age = ageProblem(certificate)
      if (age !== undefined) mistakes.push({ path: [...path, "days_ago"], message: age })
      const subject = subjectProblem(certificate.subject)
      if (subject !== undefined) mistakes.push({ path: [...path, "subject"], message: subject })
      const labels = labelsOf(spec.key ?? "{id}")
      if (certificate.key_type === "rsa") keys += "count" in spec && labels.some(isDistinct) ? spec.count : labels.length
      if (certificate.key_type === "rsa" && keys > mostRsaKeys) {
        mistakes.push({ path: [...path, "key_type"], message: `at most ${mostRsaKeys} servers can have RSA keys of their own; these are ${keys}` })
      }
      return mistakes
    })
  )
}
