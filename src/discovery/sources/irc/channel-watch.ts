import { type IrcLine, namesReply, whoReply } from "./irc-line.ts"

/** What to do next about a channel, beside waiting. */
export interface ChannelActions {
  readonly send: (...words: ReadonlyArray<string>) => void
  /** Somebody's real name, once for each nick and text. */
  readonly announced: (nick: string, realName: string) => void
  readonly refused: (message: string) => void
}

/** WHO for single nicks: of those that NAMES shows and WHO did not, and of those that join later. */
const mostQuestions = 500

/** What a server says to JOIN where it does not let us in: RFC 2812 section 3.2.1, and 477 (only registered nicks). */
const refusals = new Set(["403", "405", "437", "461", "471", "473", "474", "475", "476", "477", "489", "520"])

const lower = (text: string): string => text.toLowerCase()

/**
 * What happens in one channel, line by line: joined, everybody's real name is
 * asked for at once, later that of each nick that comes. One question at a time,
 * so that a server which paces its clients has nothing to complain about.
 */
export class ChannelWatch {
  readonly #channel: string
  readonly #prefix: string
  readonly #actions: ChannelActions
  readonly #known = new Set<string>()
  readonly #heard = new Set<string>()
  readonly #queue: Array<string> = []
  #asking = false
  #asked = 0
  #self = ""

  constructor(channel: string, nickPrefix: string, actions: ChannelActions) {
    this.#channel = channel
    this.#prefix = nickPrefix
    this.#actions = actions
  }

  line(line: IrcLine): void {
    const who = whoReply(line)
    if (who !== undefined) return this.#real(who.nick, who.realName)
    switch (line.command) {
      case "001":
        this.#self = line.words[0] ?? ""
        return this.#actions.send("JOIN", this.#channel)
      case "JOIN":
        if (lower(line.words[0] ?? "") !== lower(this.#channel)) return
        return this.#isSelf(line.from) ? this.#ask(this.#channel) : this.#askAbout(line.from)
      case "NICK":
        if (this.#isSelf(line.from)) this.#self = line.words[0] ?? ""
        else this.#askAbout(line.words[0] ?? "")
        return
      case "353":
        return namesReply(line).forEach((nick) => this.#known.add(nick))
      case "315":
        return this.#answered()
      default:
        if (refusals.has(line.command) && lower(line.words[1] ?? "") === lower(this.#channel)) {
          this.#actions.refused(`${this.#channel} cannot be joined: ${line.words.at(-1) ?? line.command}`)
        }
    }
  }

  #isSelf(nick: string): boolean {
    return lower(nick) === lower(this.#self)
  }

  #counts(nick: string): boolean {
    return nick !== "" && !this.#isSelf(nick) && nick.startsWith(this.#prefix)
  }

  #real(nick: string, realName: string): void {
    this.#known.delete(nick)
    const key = `${nick} ${realName}`
    if (!this.#counts(nick) || this.#heard.has(key)) return
    this.#heard.add(key)
    this.#actions.announced(nick, realName)
  }

  #askAbout(nick: string): void {
    if (!this.#counts(nick) || /[\s,:*?]/.test(nick)) return
    if (this.#asking) this.#queue.push(nick)
    else this.#ask(nick)
    if (this.#queue.length > mostQuestions) this.#queue.length = mostQuestions
  }

  #ask(target: string): void {
    if (++this.#asked > mostQuestions) return
    this.#asking = true
    this.#actions.send("WHO", target)
  }

  #answered(): void {
    this.#asking = false
    // Some servers hide people from WHO that NAMES shows.
    for (const nick of this.#known) this.#queue.push(nick)
    this.#known.clear()
    let next = this.#queue.shift()
    while (next !== undefined && !this.#counts(next)) next = this.#queue.shift()
    if (next !== undefined) this.#askAbout(next)
  }
}
