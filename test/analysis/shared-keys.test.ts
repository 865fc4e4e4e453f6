import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type PresentedKey, sharedKeyGroups, sharedKeyStatement } from "../../src/analysis/shared-keys.ts"

const presented = (serverId: number, spkiSha256: string, certificateSha256 = `c-${spkiSha256}`): PresentedKey => ({
  serverId,
  spkiSha256,
  keyType: "rsa 2048",
  certificateSha256
})

describe("servers that share a key", () => {
  it("are a group, the largest first, with all certificates of the key", () => {
    expect(sharedKeyGroups([
      presented(7, "k2"),
      presented(3, "k1", "old"),
      presented(9, "k2"),
      presented(1, "k1", "renewed"),
      presented(8, "k2"),
      presented(5, "k3")
    ])).toEqual([
      { spkiSha256: "k2", keyType: "rsa 2048", certificates: ["c-k2"], serverIds: [7, 8, 9] },
      { spkiSha256: "k1", keyType: "rsa 2048", certificates: ["old", "renewed"], serverIds: [1, 3] }
    ])
  })

  it("are no group when one server shows its key at several endpoints", () => {
    expect(sharedKeyGroups([presented(1, "k1", "a"), presented(1, "k1", "b"), presented(2, "k2")])).toEqual([])
    expect(sharedKeyGroups([])).toEqual([])
  })

  it("are not drawn together through a third: two keys are two groups", () => {
    const groups = sharedKeyGroups([presented(1, "k1"), presented(2, "k1"), presented(2, "k2"), presented(3, "k2")])
    expect(groups.map((group) => group.serverIds)).toEqual([[1, 2], [2, 3]])
  })

  it("are described without a name, and as simulated where they are", () => {
    const [group] = sharedKeyGroups([presented(1, "k1"), presented(2, "k1")])
    expect(sharedKeyStatement(group!, false)).toBe(
      "2 servers share a private key: probably one operator or one software image."
    )
    expect(sharedKeyStatement(group!, true)).toMatch(/^SIMULATED: 2 servers/)
  })

  it("are the same groups in any order of the rows", () => {
    const row = fc.tuple(fc.nat(6), fc.constantFrom("k1", "k2", "k3"), fc.constantFrom("x", "y"))
    const rows = fc.array(row.map((values) => presented(...values)))
    fc.assert(fc.property(rows, (rows) => {
      const groups = sharedKeyGroups(rows)
      expect(sharedKeyGroups(rows.toReversed())).toEqual(groups)
      for (const group of groups) {
        const sharing = rows.filter((row) => row.spkiSha256 === group.spkiSha256).map((row) => row.serverId)
        expect(new Set(group.serverIds)).toEqual(new Set(sharing))
        expect(group.serverIds.length).toBeGreaterThan(1)
      }
    }))
  })
})
