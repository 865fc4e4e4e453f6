import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { shortestToken } from "../api/token.ts"
import { isLoopback } from "../transport/address-policy.ts"
import { db } from "./flags.ts"
import { usageError } from "./network.ts"
import { nullable, repeated, text, toggle } from "./option.ts"
import { optedOutFlag } from "./opted-out.ts"
import { runServe } from "./run-serve.ts"
import { portFlag, usualServe } from "./serve-flags.ts"

/** Whether only this machine reaches what listens there. */
const isOwn = (host: string): boolean => host === "localhost" || isLoopback(host)

export const serveCommand = Command.make("serve", {
  db,
  port: portFlag,
  host: text("host", `Address to listen on (default ${usualServe.host}); any but this machine's own needs --token or --public.`).pipe(
    Flag.withMetavar("ADDRESS"),
    Flag.withDefault(usualServe.host)
  ),
  allowHost: repeated("allow-host", "Further name under which it is reached, e.g. of a proxy in front.").pipe(Flag.withMetavar("NAME[:PORT]")),
  token: nullable(text("token", `Lets in only who shows this token (${shortestToken} characters or more); better given by the environment.`).pipe(Flag.withMetavar("TOKEN"))),
  public: toggle("public", "Show only what may be published; no SQL, no notes.", false),
  exclude: optedOutFlag
}, Effect.fn("serve")(function*({ allowHost, db, exclude, host, port, public: isPublic, token }) {
  if (token !== null && token.length < shortestToken) {
    return yield* usageError(`--token: at least ${shortestToken} characters, so that nobody guesses it; \`openssl rand -hex 16\` makes one.`)
  }
  if (!isOwn(host) && token === null && !isPublic) {
    return yield* usageError(`--host ${host} lets others in: say --token TOKEN, who shows it sees everything, or --public, all see what may be published.`)
  }
  yield* runServe({ db, host, port, names: allowHost, token, public: isPublic, exclude })
})).pipe(
  Command.withDescription("The viewer and the HTTP API over a database, on this machine; it follows a crawl that writes meanwhile."),
  Command.withExamples([
    { command: "observatory serve", description: "Look at observatory.duckdb" },
    { command: "observatory serve --db demo.duckdb --port 0", description: "Look at the demo, on a free port" },
    { command: "observatory serve --public --host 0.0.0.0 --allow-host atlas.example.org", description: "For everybody, behind a proxy" }
  ])
)
