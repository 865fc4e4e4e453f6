import type { PresentedCertificate } from "../traits/server-traits.ts"
import { distinct, once } from "./agreement.ts"

const keysOf = (certificates: ReadonlyArray<PresentedCertificate>): ReadonlyArray<string> =>
  distinct(certificates.map((it) => it.spkiSha256))

/** Certificates that a server presented, those left out that software, images and guides ship. */
export const nonDefaultCertificates = once((server) => server.certificates.filter((it) => !it.isDefault))

/** Public keys of all certificates presented, those of default ones too. */
export const presentedKeys = once((server) => keysOf(server.certificates))

/** Public keys of certificates that are no default. */
export const nonDefaultKeys = once((server) => keysOf(nonDefaultCertificates(server)))

/** Names, wildcards too, in certificates that are no default; those of a fleet may have hundreds. */
export const statedNames = once((server): ReadonlySet<string> => new Set(nonDefaultCertificates(server).flatMap((it) => it.names)))
