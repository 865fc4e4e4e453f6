import { makeDomainReader, type SuffixRule } from "../traits/registrable-domain.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { banner } from "./banner.ts"
import { certificateClaimsOther, certificateNamesOther } from "./certificate-names-other.ts"
import { certificateSubject } from "./certificate-subject.ts"
import { certificatesNameOneHost } from "./certificates-name-one-host.ts"
import { claimedHosts } from "./claimed-hosts.ts"
import type { Comparison } from "./comparison.ts"
import { domainComparisons } from "./domain.ts"
import { donationAddress } from "./donation-address.ts"
import { feeVectors } from "./fee-vectors.ts"
import { histogramBytes, histogramCurve } from "./histograms.ts"
import { mintedTogether } from "./minted-together.ts"
import { naming } from "./naming.ts"
import { passedOnCertificate, sameFront, wildcardFront } from "./one-front.ts"
import { onionCertificate } from "./onion-certificate.ts"
import { peerComparisons } from "./peer-lists.ts"
import { placeComparisons } from "./place.ts"
import { hostsShape, unusualPorts } from "./ports.ts"
import { relayFee } from "./relay-fee.ts"
import { namelessCertificate, sameCertificate, sameKey } from "./same-key.ts"
import { softwareComparisons } from "./software.ts"
import { tipComparisons } from "./tip-arrivals.ts"
import { changedTogether, forksSeenAlike, jointEvents } from "./watched.ts"

/** What comparisons need to know beside two servers. */
export interface ComparisonOptions {
  /** Suffixes under which strangers have names, beside those of the Public Suffix List and of our catalogue. */
  readonly publicSuffixes?: Iterable<SuffixRule>
  /** All servers of the crawl: what their peer lists have in common by chance, and whose tips come late together. Without them neither is compared. */
  readonly servers?: Iterable<ServerTraits>
}

/** All comparisons, in the order in which evidence is shown. */
export const comparisons = ({ publicSuffixes = [], servers = [] }: ComparisonOptions = {}): ReadonlyArray<Comparison> => {
  const domainOf = makeDomainReader(publicSuffixes)
  const all = [...servers]
  return [
    sameKey,
    sameCertificate,
    namelessCertificate,
    onionCertificate,
    certificateNamesOther,
    certificateClaimsOther,
    certificatesNameOneHost(domainOf),
    ...domainComparisons(domainOf),
    mintedTogether,
    certificateSubject,
    donationAddress,
    banner,
    naming(domainOf),
    unusualPorts,
    hostsShape,
    ...peerComparisons(all),
    ...placeComparisons,
    ...softwareComparisons,
    jointEvents,
    changedTogether,
    feeVectors,
    histogramBytes,
    histogramCurve,
    ...tipComparisons(all),
    forksSeenAlike,
    relayFee,
    sameFront,
    passedOnCertificate,
    wildcardFront,
    claimedHosts
  ]
}
