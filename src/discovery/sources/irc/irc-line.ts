/** One line of an IRC server: who, what, and its words. */
export interface IrcLine {
  /** Nick of who sent it, or the server's name; empty where it has none. */
  readonly from: string
  /** A word in upper case, or three digits. */
  readonly command: string
  readonly words: ReadonlyArray<string>
}

/** Words of a line: RFC 2812 section 2.3.1 allows fifteen. */
const mostWords = 15

/** Take a line apart. Tags (IRCv3) are passed over. Total: an empty line has an empty command. */
export const parseIrcLine = (text: string): IrcLine => {
  let rest = text.replace(/^@\S* +/, "")
  const prefix = /^:(\S*) */.exec(rest)
  if (prefix !== null) rest = rest.slice(prefix[0].length)
  const words: Array<string> = []
  while (rest !== "" && words.length <= mostWords) {
    if (words.length > 0 && rest.startsWith(":")) {
      words.push(rest.slice(1))
      break
    }
    const end = rest.indexOf(" ")
    if (end === -1) {
      words.push(rest)
      break
    }
    words.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return { from: prefix?.[1]?.split("!")[0] ?? "", command: (words[0] ?? "").toUpperCase(), words: words.slice(1) }
}

/** Nick and real name of a reply to WHO (352); undefined when it is none. The last word is hop count and real name. */
export const whoReply = ({ command, words }: IrcLine): { readonly nick: string; readonly realName: string } | undefined => {
  const nick = words[5]
  const last = words[7]
  if (command !== "352" || nick === undefined || last === undefined) return undefined
  const space = last.indexOf(" ")
  return { nick, realName: space === -1 ? "" : last.slice(space + 1) }
}

/** The nicks of a reply to NAMES (353), without the signs of their rank. */
export const namesReply = ({ command, words }: IrcLine): ReadonlyArray<string> =>
  command === "353" ? (words[3] ?? "").split(" ").map((nick) => nick.replace(/^[~&@%+]+/, "")).filter((nick) => nick !== "") : []
