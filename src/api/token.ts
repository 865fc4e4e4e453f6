import { createHash, randomBytes, timingSafeEqual } from "node:crypto"

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/** Fewest characters of a token: shorter ones can be guessed. */
export const shortestToken = 16

/** Sessions remembered; the oldest are forgotten. */
const mostSessions = 1_000

/**
 * Who may come in where a token is asked for: who shows it (`Authorization:
 * Bearer`), or has a session, which the token in an address brings once, so that it
 * does not stay in the address line. Sessions end with the process.
 */
export interface TokenKeeper {
  readonly isAllowed: (headers: { readonly [name: string]: string | undefined }) => boolean
  /** The cookie of a new session where the token is right, else null. */
  readonly begin: (token: string) => string | null
}

/** @param port part of the cookie's name, since cookies of one host are shared by all of its ports */
export const makeTokenKeeper = (token: string, port: number): TokenKeeper => {
  const expected = digest(token)
  const isRight = (given: string): boolean => timingSafeEqual(digest(given), expected)
  const sessions = new Set<string>()
  const name = `observatory_${port}`
  const cookie = new RegExp(`(?:^|;\\s*)${name}=([A-Za-z0-9_-]{43})(?:;|$)`)
  return {
    isAllowed: (headers) => {
      const bearer = /^Bearer (.+)$/i.exec(headers["authorization"] ?? "")?.[1]
      if (bearer !== undefined) return isRight(bearer.trim())
      const session = cookie.exec(headers["cookie"] ?? "")?.[1]
      return session !== undefined && sessions.has(digest(session).toString("hex"))
    },
    begin: (given) => {
      if (!isRight(given)) return null
      const session = randomBytes(32).toString("base64url")
      sessions.add(digest(session).toString("hex"))
      if (sessions.size > mostSessions) sessions.delete(sessions.values().next().value!)
      return `${name}=${session}; HttpOnly; SameSite=Strict; Path=/`
    }
  }
}
