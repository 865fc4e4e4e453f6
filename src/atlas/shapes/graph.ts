import { Schema } from "effect"

/**
 * The announcement graph without its edges: those come as `graph.bin`
 * (`graph-bytes.ts`). Node i of both is `servers[i]`. Level: server.
 */
export const GraphHead = Schema.Struct({
  crawlId: Schema.Int,
  simulated: Schema.Boolean,
  servers: Schema.Array(Schema.Int),
  /** Positions of the stored layout, same order; about -1000..1000. */
  x: Schema.Array(Schema.Number),
  y: Schema.Array(Schema.Number),
  announcements: Schema.Int,
  mutual: Schema.Int,
  /** Announcements between groups of servers, as drawn by default; key is the community number. */
  groups: Schema.Array(Schema.Struct({ communityId: Schema.Int, servers: Schema.Int, x: Schema.Number, y: Schema.Number })),
  metaEdges: Schema.Array(Schema.Struct({ from: Schema.Int, to: Schema.Int, announcements: Schema.Int }))
})
export type GraphHead = typeof GraphHead.Type
