import { Effect } from "effect"
import { inThread } from "../in-thread.ts"
import type { Positions } from "./community-circle.ts"
import { type LayoutInput, serverLayout } from "./layout.ts"

/** Up to here a layout takes less time than starting a thread. */
const fewServers = 150

/** Draws in a thread of its own when there are many servers, while others are judged. */
export const layoutApart = (input: LayoutInput, isApart = input.hosts.length > fewServers): Effect.Effect<Positions> =>
  isApart ? inThread<Positions>({ kind: "layout", input }) : Effect.sync(() => serverLayout(input))
