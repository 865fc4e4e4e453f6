import type { Answer, Provenance, ReportDocument, Section } from "./document/document.ts"
import { link, list, paragraph } from "./document/document.ts"
import type { ReportFacts } from "./facts/report-facts.ts"
import { adviceSection } from "./sections/advice.ts"
import { changesSection } from "./sections/changes.ts"
import { clustersSection } from "./sections/clusters.ts"
import { citeSection, dictionarySection, ethicsSection } from "./sections/ending.ts"
import { exposureSection } from "./sections/exposure.ts"
import { latencySection } from "./sections/latency.ts"
import { metadataSection } from "./sections/metadata.ts"
import { coverageSection, methodSection, powerSection, threatSection } from "./sections/method.ts"
import { placesSection } from "./sections/places.ts"
import { answersOf, questionSections } from "./sections/questions.ts"
import { reachSection } from "./sections/reach.ts"
import { softwareSection } from "./sections/software.ts"
import { suspicionSection } from "./sections/suspicion.ts"
import { tlsSection } from "./sections/tls.ts"
import { watchedSection } from "./sections/watched.ts"

const summarySection = (facts: ReportFacts, answers: ReadonlyArray<Answer>): Section => ({
  id: "summary",
  title: "Executive summary",
  blocks: [
    paragraph(facts.overview.headline.join(" ")),
    list(...answers.map(({ answer, confidence }, i) => [link(`#question-${i + 1}`, `Question ${i + 1}.`), ` ${answer} (Confidence: ${confidence.level}.)`])),
    ...(facts.change === null ? [] : [paragraph(
      `Since crawl ${facts.change.before.crawlId}: ${facts.change.appeared.length} appeared, ${facts.change.vanished.length} vanished, ${facts.change.silent.length} no longer answer us, ${facts.change.moved.length} moved, ${facts.change.keyChanged.length} changed their key, ${facts.change.softwareChanged.length} their software, ${facts.change.groupChanged.length} their group.`
    )])
  ]
})

const simulatedText = (network: string): string =>
  `SIMULATED: ${network} is an invented network. Its behaviour under real names is made up; nothing in this report is a finding about real servers.`

const localText = "LOCAL: this report shows what is withheld from public ones. It is for whoever made the crawl, not for publication."

/** The report of one crawl as a document. Pure: the same facts and provenance give the same document. */
export const reportDocument = (facts: ReportFacts, provenance: Provenance): ReportDocument => {
  const answers = answersOf(facts)
  return {
    title: `Electrum servers of ${facts.crawl.network}`,
    subtitle: `Who runs the servers that see wallets' addresses: crawl ${facts.crawl.crawlId} of ${facts.crawl.startedAt.slice(0, 10)}`,
    simulated: facts.crawl.simulated ? simulatedText(facts.crawl.network) : null,
    local: facts.isLocal ? localText : null,
    provenance,
    sections: [
      ...questionSections(facts, answers),
      summarySection(facts, answers),
      methodSection(facts),
      coverageSection(facts),
      powerSection(facts),
      threatSection(facts),
      placesSection(facts),
      metadataSection(facts),
      softwareSection(facts),
      tlsSection(facts),
      latencySection(facts),
      reachSection(facts),
      watchedSection(facts),
      clustersSection(facts),
      suspicionSection(facts),
      exposureSection(facts),
      changesSection(facts),
      adviceSection(facts),
      dictionarySection(facts),
      ethicsSection(facts),
      citeSection(provenance)
    ].filter((section) => section !== null)
  }
}
