import { Effect, FileSystem } from "effect"
import type { TlsIdentities } from "../identity/tls-identities.ts"
import type { Plan } from "../plan/plan.ts"
import { SimnetError } from "../simnet-error.ts"
import { certificateOf } from "./certificate-truth.ts"
import { geoText, publicSuffixText } from "./geo-file.ts"
import { truthText } from "./truth.ts"

/** Files about a simulated world, written before anything answers; those that exist are replaced. */
export interface WorldFiles {
  /** The truth, as JSON lines. */
  readonly truthFile: string | null
  /** Where addresses are and whose, see `geoText`. */
  readonly geoFile?: string | null
  /** The certificate of the simulated authority, as PEM. */
  readonly caFile?: string | null
  /** Domains under which strangers have names, see `publicSuffixText`. */
  readonly publicSuffixFile?: string | null
}

/** Write those files that have a path. */
export const writeWorldFiles = Effect.fn("writeWorldFiles")(function*(
  files: WorldFiles,
  plan: Plan,
  identities: TlsIdentities,
  beganAt: number | null
) {
  const fs = yield* FileSystem.FileSystem
  const texts = [
    [files.truthFile, () => truthText(plan, (server, host) => certificateOf(server, host, identities), beganAt)],
    [files.geoFile, () => geoText(plan)],
    [files.caFile, () => identities.rootCertificate],
    [files.publicSuffixFile, () => publicSuffixText(plan)]
  ] as const
  for (const [file, text] of texts) {
    if (file == null) continue
    yield* fs.writeFileString(file, text()).pipe(
      Effect.mapError(
        (error) => new SimnetError({ reason: "cannot write", message: `cannot write ${file}: ${error.message}` })
      )
    )
  }
})
