/**
 * How a user types this program: in a checkout npm finds it, installed it is on
 * the path. npm says of itself that it started us.
 */
export const commandName = (env: Record<string, string | undefined>): string =>
  env["npm_execpath"] === undefined ? "observatory" : "npx observatory"
