import type { HeardLine } from "../../electrum/dialogue.ts"
import type { Line } from "../../electrum/json-rpc.ts"

/** A line's id as JSON; null where it has none, and where it is null. */
const idText = (line: Exclude<Line, { readonly _tag: "notification" }>): string | null => {
  if (line.id !== null) return String(line.id)
  if (line.anonymous) return null
  return JSON.stringify((JSON.parse(line.text) as { readonly id?: unknown }).id) ?? null
}

const idOf = ({ line }: HeardLine): string | null => line._tag === "notification" ? null : idText(line)

/**
 * Finds in what was heard the reply to what was asked last. Whatever comes next
 * is taken for it, since malformed requests are answered under all sorts of ids;
 * but not a line under an id that was answered before: some servers say
 * everything twice, and the second time belongs to no question.
 */
export class ReplyFinder {
  readonly #answered = new Set<string>()
  #repeats = false
  /** The last reply without an id, which a server that repeats itself still owes once more. */
  #owed: string | null = null

  /** The line repeats an id that was answered before the last question. */
  isRepeated(it: HeardLine): boolean {
    const id = idOf(it)
    return id !== null && this.#answered.has(id)
  }

  /** The first line that may be the reply and satisfies `isOther` not; undefined without one. */
  find(lines: ReadonlyArray<HeardLine>, isOther: (it: HeardLine) => boolean): HeardLine | undefined {
    let owed = this.#repeats || lines.some((it) => this.isRepeated(it)) ? this.#owed : null
    return lines.find((it) => {
      if (it.line._tag === "notification" || isOther(it) || this.isRepeated(it)) return false
      if (owed === null || it.line.text !== owed) return true
      owed = null
      return false
    })
  }

  /** The question is over: what was heard since, and which line of it was the reply. */
  done(lines: ReadonlyArray<HeardLine>, reply: HeardLine | undefined): void {
    this.#repeats ||= lines.some((it) => this.isRepeated(it))
    const behind = reply === undefined ? [] : lines.slice(lines.indexOf(reply) + 1)
    const isOwed = reply !== undefined && idOf(reply) === null && !behind.some(({ line }) => line.text === reply.line.text)
    this.#owed = isOwed ? reply.line.text : null
    for (const it of lines) {
      const id = idOf(it)
      if (id !== null) this.#answered.add(id)
    }
  }
}
