import type { Chain } from "../domain/chain.ts"
import type { VisitScope } from "../domain/visit.ts"
import type { VisitRoom } from "./request-limit.ts"

/** What a conversation goes by. */
export interface ConversationOptions {
  readonly chain: Chain
  readonly peerRounds: number | "auto"
  readonly room: VisitRoom
  readonly scope: VisitScope
}
