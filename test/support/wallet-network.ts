import type { CandidateServer, WalletNetwork } from "../../src/analysis/exposure/candidate.ts"

/** A network of candidates numbered from 0 (server 1); every one is usable, of the list, and in a /16 of its own. */
export const walletNetwork = (
  count: number,
  change: (i: number) => Partial<CandidateServer> = () => ({}),
  peers: WalletNetwork["peers"] = new Map()
): WalletNetwork => ({
  candidates: Array.from({ length: count }, (_, i) => ({
    host: `host-${i}.example.org`,
    serverId: i + 1,
    isDefault: true,
    onion: false,
    usable: true,
    bucket: `10.${i}.0.0/16`,
    asn: 64_512 + i,
    ...change(i)
  })),
  peers
})

/** Numbers from `from` up to, not with, `to`. */
export const range = (from: number, to: number): ReadonlyArray<number> => Array.from({ length: to - from }, (_, i) => from + i)
