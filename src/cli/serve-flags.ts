import { Flag } from "effect/cli"
import { integer } from "./option.ts"

/** Where the viewer is when nothing else is said. */
export const usualServe = { host: "127.0.0.1", port: 8465 } as const

/** The port of viewer and API. */
export const portFlag = Flag.filter(
  integer("port", `Port of viewer and API; 0 takes a free one (default ${usualServe.port}).`),
  (port) => port >= 0 && port <= 65_535,
  (port) => `a port from 0 to 65535, not ${port}`
).pipe(Flag.withDefault(usualServe.port as number))
