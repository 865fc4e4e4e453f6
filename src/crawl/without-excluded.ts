import type { Exclusions } from "../domain/exclusions.ts"
import type { Identification } from "../domain/identification.ts"
import { type CertificateFacts, listOfPeers, peerEntries, type TlsFacts, type Visit } from "../domain/visit.ts"
import { writtenHosts } from "../domain/written-hosts.ts"
import { certificateWords } from "../transport/certificate.ts"

const mentions = (text: string, exclusions: Exclusions): boolean =>
  writtenHosts(text).some((host) => exclusions.excludes(host, [host]) !== undefined)

/** Key, dates and hash stay; the bytes cannot be without the name, and a subject that has it says nothing without. */
const certificateWithout = (certificate: CertificateFacts, exclusions: Exclusions): CertificateFacts => {
  const isNamed = (text: string): boolean => mentions(text, exclusions)
  const { derBase64, issuer, sanDns, sanIp, subject } = certificate
  const words = [subject, issuer, ...sanDns, ...sanIp, certificateWords(Buffer.from(derBase64, "base64")) ?? ""]
  return words.some(isNamed)
    ? {
      ...certificate,
      subject: isNamed(subject) ? "" : subject,
      issuer: isNamed(issuer) ? "" : issuer,
      sanDns: sanDns.filter((name) => !isNamed(name)),
      sanIp: sanIp.filter((name) => !isNamed(name)),
      derBase64: ""
    }
    : certificate
}

const tlsWithout = (tls: TlsFacts, exclusions: Exclusions): TlsFacts => ({
  ...tls,
  certificate: tls.certificate === null ? null : certificateWithout(tls.certificate, exclusions),
  chain: tls.chain.map((above) =>
    mentions(certificateWords(Buffer.from(above.derBase64, "base64")) ?? "", exclusions) ? { ...above, derBase64: "" } : above)
})

const identificationWithout = (found: Identification, exclusions: Exclusions): Identification => {
  const kept = (text: string): boolean => !mentions(text, exclusions)
  return {
    ...found,
    contradictions: found.contradictions.filter(kept),
    remarks: found.remarks.filter(kept),
    proxy: found.proxy.filter(kept),
    readings: found.readings.filter(({ saw }) => kept(saw))
  }
}

/**
 * A visit without what the opt-out list names: every text that mentions such a
 * host is dropped whole, lists keep the rest. Cheap where nothing is excluded.
 */
export const visitWithoutExcluded = (visit: Visit, exclusions: Exclusions): Visit => {
  if (exclusions.size === 0) return visit
  const clean = (text: string | null): string | null => text !== null && mentions(text, exclusions) ? null : text
  // A text that goes takes its bytes along: they may name the host in another spelling.
  const cleanOctets = (octets: Uint8Array | null, text: string | null): Uint8Array | null =>
    octets === null || clean(text) === null || mentions(Buffer.from(octets).toString("latin1"), exclusions) ? null : octets
  const { features, identification, peers, tls } = visit
  return {
    ...visit,
    detail: clean(visit.detail),
    tls: tls === null ? null : tlsWithout(tls, exclusions),
    software: clean(visit.software),
    protocol: clean(visit.protocol),
    banner: clean(visit.banner),
    bannerOctets: cleanOctets(visit.bannerOctets, visit.banner),
    donationAddress: clean(visit.donationAddress),
    peers: peers === null
      ? null
      : {
        ...peers,
        ...listOfPeers(peerEntries(peers).filter(({ octets, value }) =>
          !mentions(JSON.stringify(value), exclusions)
          && (octets === undefined || !mentions(Buffer.from(octets).toString("latin1"), exclusions))))
      },
    features: features === null ? null : {
      ...features,
      serverVersion: clean(features.serverVersion),
      protocolMin: clean(features.protocolMin),
      protocolMax: clean(features.protocolMax),
      genesisHash: clean(features.genesisHash),
      hashFunction: clean(features.hashFunction),
      hosts: features.hosts.filter(({ host }) => !mentions(host, exclusions)),
      services: features.services.filter((service) => !mentions(service, exclusions))
    },
    observations: visit.observations.map((observation) => ({
      ...observation,
      errorMessage: clean(observation.errorMessage),
      replyRaw: clean(observation.replyRaw),
      replyOctets: cleanOctets(observation.replyOctets, observation.replyRaw),
      value: clean(observation.value)
    })),
    identification: identification === null ? null : identificationWithout(identification, exclusions),
    answers: visit.answers.map((answer) => mentions(JSON.stringify(answer.detail), exclusions) ? { ...answer, detail: {} } : answer),
    timing: visit.timing === null ? null : { ...visit.timing, untimed: clean(visit.timing.untimed) }
  }
}
