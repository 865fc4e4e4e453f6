import { type Json, print, serdeSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { type Channel, type Implementation, noStrain } from "../implementation.ts"
import type { NodeFollower } from "../node-follower.ts"
import { type MempoolOrder, statusOf, wholeHistory } from "../script-history.ts"
import type { ScriptSubscriptions } from "../script-subscriptions.ts"

/** Manners of both Rust families: no limits, no books, no padding, no end to patience. */
export const electrsManners = {
  lineEnd: "\n",
  lineLimit: 8_000_000,
  padding: null,
  answersTlsClose: true,
  answersAfterEnd: true,
  idle: null,
  connectionsPerClient: null,
  strain: () => noStrain
} as const satisfies Partial<Implementation>

/** A non-negative integer. */
export const natural = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0

/** The best block that the server knows, as subscribers are told. */
export const tipJson = (node: NodeFollower, model: ServerModel): Json => {
  const height = node.tipHeight
  return { height, hex: model.backend.header(height)! }
}

/** Tell a client what is another than it was told last; the families differ in what comes first. */
export const tellElectrsClient = (
  channel: Channel,
  subscriptions: ScriptSubscriptions,
  tip: Json | null,
  order: MempoolOrder,
  tipFirst: boolean
): void => {
  const notify = (method: string, params: Json): void =>
    channel.sendLine(channel.envelope.notification(method, print(params, serdeSorted)), null)
  const tellTip = (): void => {
    if (tip !== null && subscriptions.headers) notify("blockchain.headers.subscribe", [tip])
  }
  if (tipFirst) tellTip()
  for (const hash of subscriptions.hashes) {
    const status = statusOf(wholeHistory(channel.model.backend, hash, order))
    if (subscriptions.changed(hash, status)) notify("blockchain.scripthash.subscribe", [hash, status])
  }
  if (!tipFirst) tellTip()
}
