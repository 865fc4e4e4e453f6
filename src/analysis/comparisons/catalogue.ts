import { makeDomainReader, type SuffixRule } from "../traits/registrable-domain.ts"
import { banner } from "./banner.ts"
import { certificateNamesOther } from "./certificate-names-other.ts"
import type { Comparison } from "./comparison.ts"
import { domainComparisons } from "./domain.ts"
import { donationAddress } from "./donation-address.ts"
import { mintedTogether } from "./minted-together.ts"
import { sameCertificate, sameKey } from "./same-key.ts"

/** What comparisons need to know beside two servers. */
export interface ComparisonOptions {
  /** Suffixes under which strangers have names, beside those of the Public Suffix List and of our catalogue. */
  readonly publicSuffixes?: Iterable<SuffixRule>
}

/** All comparisons, in the order in which evidence is shown. */
export const comparisons = ({ publicSuffixes = [] }: ComparisonOptions = {}): ReadonlyArray<Comparison> => {
  const domainOf = makeDomainReader(publicSuffixes)
  return [
    sameKey,
    sameCertificate,
    certificateNamesOther(domainOf),
    ...domainComparisons(domainOf),
    mintedTogether,
    donationAddress,
    banner
  ]
}
