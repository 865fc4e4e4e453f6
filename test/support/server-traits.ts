import type { AddressTraits, PresentedCertificate, ServerTraits, SnapshotTraits, WrittenText } from "../../src/analysis/traits/server-traits.ts"

/** A confirmed server of which nothing is known, with what a test says of it. */
export const traitsOf = (serverId: number, changes: Partial<Omit<ServerTraits, "serverId">> = {}): ServerTraits => ({
  serverId,
  hosts: [],
  endpoints: [],
  addresses: [],
  certificates: [],
  banner: null,
  donation: null,
  claimedHosts: [],
  hostsShape: null,
  implementation: null,
  releases: null,
  fingerprintHash: null,
  proxy: null,
  snapshots: [],
  relayFee: null,
  peers: new Map(),
  listsItself: null,
  peersAsked: null,
  unusualPorts: [],
  watch: null,
  ...changes
})

/** A server met at one host over TLS at port 50002; with a certificate if one is given. */
export const traitsAt = (
  serverId: number,
  host: string,
  changes: Partial<Omit<ServerTraits, "serverId">> = {}
): ServerTraits =>
  traitsOf(serverId, { hosts: [host], endpoints: [{ host, port: 50_002, transport: "tls" }], ...changes })

/** A self-signed certificate of its own key that names the host it was shown at, unless a test says otherwise. */
export const presentedAt = (host: string, changes: Partial<PresentedCertificate> = {}): PresentedCertificate => ({
  host,
  port: 50_002,
  sha256: `certificate of ${host}`,
  spkiSha256: `key of ${host}`,
  subject: `CN=${host}`,
  issuer: `CN=${host}`,
  serial: "01",
  selfSigned: true,
  trusted: false,
  validFrom: null,
  validTo: null,
  names: [host],
  sni: /^[0-9.]+$|:/.test(host) ? null : host,
  claimed: [],
  isDefault: false,
  template: null,
  ...changes
})

/** A text of the operator's own. */
export const writtenText = (raw: string, changes: Partial<WrittenText> = {}): WrittenText => ({
  raw,
  normalised: raw.toLowerCase(),
  isDefault: false,
  isVoice: changes.isDefault !== true,
  ...changes
})

export const addressOf = (address: string, changes: Partial<AddressTraits> = {}): AddressTraits => ({
  address,
  asn: null,
  cloud: null,
  country: null,
  ...changes
})

/** One snapshot in which estimates were given for 1, 2, 3 … blocks, all of them telling: one in a hundred other nodes has the same. */
export const snapshotTraits = (
  snapshotId: number,
  fees: ReadonlyArray<number>,
  changes: Partial<SnapshotTraits> = {}
): SnapshotTraits => ({
  snapshotId,
  tipHeight: 900_000 + snapshotId,
  tipHash: `block ${900_000 + snapshotId}`,
  fees: new Map(fees.map((fee, i) => [i + 1, fee])),
  tellingTargets: new Map(fees.map((_, i) => [i + 1, 0.01])),
  relayFee: null,
  histogramText: null,
  histogram: null,
  histogramChance: 0.001,
  ...changes
})
