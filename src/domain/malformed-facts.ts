import type { BehaviourResponse } from "./response.ts"

/** How servers answer what is malformed, in the words of the metadata schema. */
export type MalformedWord = BehaviourResponse

/** What a server made of malformed requests, as one deep visit saw it. */
export interface MalformedFacts {
  /**
   * `differs` when an answer is not what the software it behaves like gives by
   * default. Else the strongest of: `refused` (told to ask less), `truncated` (a
   * line without its end), `closed` (the connection ended on one), `error`, `ok`
   * (all answered as if well-formed), `empty` (no reply to any). `not asked` when
   * none was sent.
   */
  readonly response: MalformedWord
  /** What it was compared with, e.g. `Fulcrum >=2.1`; null when with nothing. */
  readonly comparedWith: string | null
  /** Why it was compared with nothing; null when it was. */
  readonly notCompared: string | null
  /** What differs, in our words. A proxy, another server behind the same name or address, a fork, a patched build or a newer release do it too. */
  readonly differs: ReadonlyArray<string>
  /** By probe: ok, error CODE, closed, none (a ping behind it was answered), timeout (nothing was), truncated, refused. */
  readonly answers: Readonly<Record<string, string>>
}
