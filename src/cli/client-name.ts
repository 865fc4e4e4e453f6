import { version } from "../version.ts"

/** What we call ourselves in `server.version`: an honest name, with a contact where the user gives one. */
export const clientNameOf = (contact: string | null): string =>
  `electrum-observatory/${version}${contact === null ? "" : ` (+${contact})`}`
