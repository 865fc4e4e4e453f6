import type { PersonaName } from "../../domain/differential.ts"
import { type RequestWriting, walletWriting } from "../../electrum/request-writing.ts"

/** Kinds of questions, each asked once or for each of several things. */
export type QuestionKind =
  | "banner"
  | "donation address"
  | "peers"
  | "tip"
  | "header"
  | "fee"
  | "fee histogram"
  | "pool"
  | "balance"
  | "history"
  | "features"

/**
 * A way of asking. Both call themselves what we are: a name is a claim, and an
 * honest one. Whoever looks at the name, or at how Node greets in TLS, knows the
 * crawler in either; so nothing here can show how such a server treats wallets.
 */
export interface Persona {
  readonly name: PersonaName
  readonly title: string
  /** Null: as everywhere else in this program. */
  readonly writing: RequestWriting | null
  /** What goes out together, in order; the next packet leaves when all answers have come. */
  readonly packets: ReadonlyArray<ReadonlyArray<QuestionKind>>
}

/** Much as a crawl's visit asks: everything at once, in packets no larger than the errors that a visit may bring, features last and alone. */
const crawler: Persona = {
  name: "crawler",
  title: "the declared crawler: large packets, not padded",
  writing: null,
  packets: [["banner", "donation address", "tip", "header", "peers", "fee", "fee histogram", "balance", "history", "pool"], ["features"]]
}

/**
 * As Electrum 4.8 asks its main server (protocol facts, section 9): padded
 * packets in aiorpcX's spelling; features and tip first, then fees, then what
 * only the main server is asked, then the scripts one by one.
 */
const wallet: Persona = {
  name: "wallet",
  title: "the wallet's way: padded packets, in its order, under our own name",
  writing: walletWriting,
  packets: [["features", "tip"], ["header"], ["fee"], ["banner", "donation address", "peers", "pool", "fee histogram"], ["balance"], ["history"]]
}

export const personas: Readonly<Record<PersonaName, Persona>> = { crawler, wallet }
