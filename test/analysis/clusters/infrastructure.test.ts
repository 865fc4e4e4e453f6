import { describe, expect, it } from "vitest"
import { behaviourClusters, infrastructureGroups } from "../../../src/analysis/clusters/infrastructure.ts"
import { operatorClusters } from "../../../src/analysis/clusters/operator-clusters.ts"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import { equalIn, everyKind } from "../../support/fake-comparisons.ts"
import { strangers } from "../../support/fake-network.ts"
import { traitsOf } from "../../support/server-traits.ts"

describe("servers that share something", () => {
  const comparisons = [
    ...everyKind.filter(({ name }) => name !== "node" && name !== "address"),
    equalIn({ trait: "node", forgeability: "backend", question: "shared infrastructure", u: 0.0001 }),
    equalIn({ trait: "address", forgeability: "hosting", question: "same machine", u: 0.00001 })
  ]
  const names = { infrastructure: new Set(["node"]), machine: new Set(["address"]) }

  it("a node are a group of their own kind, and no operator", () => {
    const renting = strangers(5, 1, 3, (i) => ({ node: "rented", address: i < 2 ? "one box" : null }))
    const { pairs } = link([...renting, ...strangers(40, 1001, 5)], comparisons)
    expect(operatorClusters(pairs)).toEqual([])
    const groups = infrastructureGroups(pairs, names)
    expect(groups.map(({ evidence, kind, serverIds }) => [kind, serverIds, evidence])).toEqual([
      ["shared infrastructure", [1, 2, 3, 4, 5], "node"],
      ["same machine", [1, 2], "address"]
    ])
    for (const { memberPosterior, posterior } of groups) {
      expect(posterior).toBeGreaterThanOrEqual(0.95)
      expect(Math.min(...memberPosterior.values())).toBe(posterior)
    }
    expect(groups.map(({ memberEvidence }) => [...memberEvidence])).toEqual([
      [1, 2, 3, 4, 5].map((server) => [server, ["node"]]),
      [1, 2].map((server) => [server, ["address"]])
    ])
  })

  it("a fingerprint behave alike; what is not known is alike to nothing", () => {
    const servers = [7, 3, 9, 4, 5].map((id, i) => traitsOf(id, { fingerprintHash: i < 2 ? "one" : i === 2 ? "another" : null }))
    expect(behaviourClusters(servers).map(({ evidence, serverIds }) => [serverIds, evidence])).toEqual([[[3, 7], "one"]])
  })
})
