import { Command, GlobalFlag } from "effect/cli"
import { configFlag } from "./config-file.ts"
import { LogFormat } from "./log-format.ts"

/** Every command by its name, in the order of the help. All of them take a tenth of a second to load. */
const commands = {
  crawl: async () => (await import("./crawl.ts")).crawlCommand,
  visit: async () => (await import("./visit.ts")).visitCommand,
  watch: async () => (await import("./watch.ts")).watchCommand,
  probe: async () => (await import("./probe.ts")).probeCommand,
  enrich: async () => (await import("./enrich.ts")).enrichCommand,
  analyze: async () => (await import("./analyze.ts")).analyzeCommand,
  evaluate: async () => (await import("./evaluate.ts")).evaluateCommand,
  exposure: async () => (await import("./exposure.ts")).exposureCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  audit: async () => (await import("./audit.ts")).auditCommand,
  archive: async () => (await import("./archive.ts")).archiveCommand,
  merge: async () => (await import("./merge.ts")).mergeCommand,
  diff: async () => (await import("./diff.ts")).diffCommand,
  query: async () => (await import("./query.ts")).queryCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  note: async () => (await import("./note.ts")).noteCommand,
  history: async () => (await import("./history.ts")).historyCommand,
  dictionary: async () => (await import("./dictionary.ts")).dictionaryCommand,
  simnet: async () => (await import("./simnet.ts")).simnetCommand,
  demo: async () => (await import("./demo.ts")).demoCommand
}

/** The command line: whole, or as far as the first argument needs it. */
export const observatory = async (first?: string) => {
  const asked = Object.entries(commands).filter(([name]) => name === first)
  const load = asked.length > 0 ? asked : Object.entries(commands)
  return Command.make("observatory").pipe(
    Command.withDescription(
      "Who runs the Electrum servers that see my addresses? Crawls the network, stores it in DuckDB, and shows who is who."
    ),
    Command.withSubcommands(await Promise.all(load.map(([, command]) => command()))),
    Command.withGlobalFlags([GlobalFlag.Setting("config")({ flag: configFlag }), LogFormat])
  )
}
