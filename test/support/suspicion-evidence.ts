import type { Answer, AnsweredVisit, ServerEvidence, ShownCertificate, ShownHeader } from "../../src/analysis/suspicion/evidence.ts"
import { type BlockHeader, decodeBlockHeader } from "../../src/domain/block-header.ts"

/** 2026-01-02. */
export const visitedAt = Date.UTC(2026, 0, 2)

/** A header with that target, made so that it meets it, or so that it does not. */
export const headerOf = (
  bits: number,
  { meets = true, time = visitedAt / 1000 - 600, tag = 0 }: { readonly meets?: boolean; readonly time?: number; readonly tag?: number } = {}
): BlockHeader => {
  const bytes = Buffer.alloc(80)
  bytes.writeUInt32LE(tag, 4)
  bytes.writeUInt32LE(time, 68)
  bytes.writeUInt32LE(bits, 72)
  for (let nonce = 0;; nonce++) {
    bytes.writeUInt32LE(nonce, 76)
    const header = decodeBlockHeader(bytes.toString("hex"))!
    if (header.meetsOwnTarget === meets) return header
  }
}

export const shownOf = (probe: string, height: number, header: BlockHeader): ShownHeader =>
  ({ visitId: 1, visitedAt, probe, height, header })

/** A visit that was answered and shows nothing odd. */
export const visitOf = (host: string, changes: Partial<AnsweredVisit> = {}): AnsweredVisit => ({
  visitId: 1,
  visitedAt,
  host,
  address: null,
  chainVerdict: "same",
  tipHeight: 2150,
  fees: new Map(),
  implementation: "ElectrumX",
  software: "ElectrumX 1.16.0",
  contradictions: [],
  proxy: [],
  featuresGenesisHash: null,
  claimedHosts: [host],
  bannerText: "Welcome",
  banner: null,
  donation: null,
  ...changes
})

/** A certificate of its own that names the host it is shown for. */
export const shownCertificate = (host: string, changes: Partial<ShownCertificate> = {}): ShownCertificate => ({
  visitId: 1,
  host,
  sha256: `certificate of ${host}`,
  spkiSha256: `key of ${host}`,
  subject: `CN=${host}`,
  issuer: `CN=${host}`,
  selfSigned: true,
  publicAuthority: false,
  topOfChain: null,
  chainLength: 0,
  names: [host],
  days: 365,
  defaultKinds: new Set(["certificate validity"]),
  ...changes
})

export const answerOf = (subject: string, changes: Partial<Answer> = {}): Answer => ({
  visitId: 1,
  subject,
  scriptForm: null,
  response: "ok",
  filtered: false,
  causes: [],
  detail: {},
  ...changes
})

/** A server of which little is known, with what a test says of it. */
export const evidenceOf = (serverId: number, changes: Partial<Omit<ServerEvidence, "serverId">> = {}): ServerEvidence => ({
  serverId,
  visits: [visitOf(`s${serverId}.own-${serverId}.example`)],
  headers: [],
  answers: [],
  oddReplies: [],
  errorTexts: [],
  announced: null,
  deep: null,
  proofs: [],
  differential: null,
  certificates: [],
  changing: [],
  unbalanced: [],
  ownPorts: [],
  mempools: [],
  absence: null,
  trickles: [],
  uptime: { share: null, observations: 1, gap: "fewer than 20 observations" },
  ...changes
})
