import { Result, Schema } from "effect"
import type { Manifest } from "./format.ts"

type Claim = Manifest["claim"]

const Probability = Schema.NullOr(Schema.Finite)
const Named = Schema.Struct({ serverId: Schema.Int, host: Schema.String })

/** What of a finding its statement is made of, by kind of claim. */
const findings = {
  server: Schema.Struct({ server: Named }),
  indicator: Schema.Struct({
    server: Named,
    name: Schema.String,
    points: Probability,
    weight: Schema.Finite,
    untested: Schema.NullOr(Schema.String),
    innocent: Schema.Array(Schema.String)
  }),
  pair: Schema.Struct({ a: Named, b: Named, sameOperator: Probability, sharedInfrastructure: Probability }),
  cluster: Schema.Struct({ cluster: Schema.Struct({ clusterId: Schema.Int, statement: Schema.String }), members: Schema.Array(Schema.Unknown) })
}

const probability = (value: number | null): string => value === null ? "not compared" : value.toFixed(3)

/** What is read of a finding with the schema of its kind; undefined where it is none of that kind. */
const read = <A>(schema: Schema.ConstraintDecoder<A>, finding: unknown): A | undefined =>
  Result.getOrUndefined(Schema.decodeUnknownResult(schema)(finding))

/**
 * The claim that a finding makes, word for word: what is written of it, and what
 * a verifier compares. Undefined for a finding that is none of this kind.
 */
export const claimOf = (kind: Exclude<Claim["kind"], "violation">, finding: unknown, crawlId: unknown): Claim | undefined => {
  switch (kind) {
    case "server": {
      const found = read(findings.server, finding)
      return found && {
        kind,
        of: [String(found.server.serverId)],
        statement: `what server ${found.server.serverId} (${found.server.host}) answered in crawl ${String(crawlId)} and in the probes that followed it`
      }
    }
    case "indicator": {
      const found = read(findings.indicator, finding)
      return found && {
        kind,
        of: [String(found.server.serverId), found.name],
        statement: `indicator ${found.name} of server ${found.server.serverId} (${found.server.host}): ${
          found.points === null ? `not tested (${found.untested ?? ""})` : `${found.points} of ${found.weight} points`
        }; innocent causes: ${found.innocent.join("; ")}`
      }
    }
    case "pair": {
      const found = read(findings.pair, finding)
      return found && {
        kind,
        of: [String(found.a.serverId), String(found.b.serverId)],
        statement: `servers ${found.a.serverId} (${found.a.host}) and ${found.b.serverId} (${found.b.host}): probability of one operator ${
          probability(found.sameOperator)}, of shared infrastructure ${probability(found.sharedInfrastructure)}`
      }
    }
    case "cluster": {
      const found = read(findings.cluster, finding)
      return found && {
        kind,
        of: [String(found.cluster.clusterId)],
        statement: `group ${found.cluster.clusterId}, ${found.members.length} servers: ${found.cluster.statement}`
      }
    }
  }
}
