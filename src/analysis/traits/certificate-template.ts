import { nameAttributes } from "../../domain/default-values.ts"
import { defaultOf } from "../../domain/defaults.ts"

/** Where somebody is does not make a text their own. */
const placeAttributes = /^(?:C|ST|L)=/

const addressOrNumbers = /^[0-9.:#-]+$/

/**
 * What the maker of a certificate wrote into its subject: attributes in order,
 * hosts as `{host}`, rows of digits as `#`, those of the catalogue of defaults
 * left out. Null where nothing but place, hosts and numbers remains: such a
 * subject is anybody's.
 *
 * @param hosts lower case: of the server, and named by the certificate
 */
export const certificateTemplate = (subject: string, hosts: ReadonlySet<string>): string | null => {
  if (defaultOf("certificate subject", subject) !== undefined) return null
  const attributes = nameAttributes(subject.slice(0, 2_000)).flatMap((attribute): ReadonlyArray<string> => {
    const equals = attribute.indexOf("=")
    const [type, value] = [attribute.slice(0, equals), attribute.slice(equals + 1)]
    if (defaultOf("certificate attribute", attribute) !== undefined) return []
    if (type === "CN" && defaultOf("certificate name", value) !== undefined) return []
    if (hosts.has(value.toLowerCase())) return [`${type}={host}`]
    return value === "" ? [] : [`${type}=${value.replace(/[0-9]+/g, "#")}`]
  })
  const own = attributes.some((attribute) => {
    const value = attribute.slice(attribute.indexOf("=") + 1)
    return !placeAttributes.test(attribute) && value !== "{host}" && !addressOrNumbers.test(value)
  })
  return own ? attributes.join(", ") : null
}
