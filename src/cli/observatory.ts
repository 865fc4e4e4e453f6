import { Command, GlobalFlag } from "effect/cli"
import { analyzeCommand } from "./analyze.ts"
import { archiveCommand } from "./archive.ts"
import { auditCommand } from "./audit.ts"
import { crawlCommand } from "./crawl.ts"
import { configFlag } from "./config-file.ts"
import { demoCommand } from "./demo.ts"
import { dictionaryCommand } from "./dictionary.ts"
import { diffCommand } from "./diff.ts"
import { enrichCommand } from "./enrich.ts"
import { evaluateCommand } from "./evaluate.ts"
import { exportCommand } from "./export.ts"
import { exposureCommand } from "./exposure.ts"
import { historyCommand } from "./history.ts"
import { LogFormat } from "./log-format.ts"
import { mergeCommand } from "./merge.ts"
import { noteCommand } from "./note.ts"
import { probeCommand } from "./probe.ts"
import { queryCommand } from "./query.ts"
import { reportCommand } from "./report.ts"
import { serveCommand } from "./serve.ts"
import { simnetCommand } from "./simnet.ts"
import { verifyCommand } from "./verify.ts"
import { visitCommand } from "./visit.ts"
import { watchCommand } from "./watch.ts"

/** The command line, whole. */
export const observatory = Command.make("observatory").pipe(
  Command.withDescription(
    "Who runs the Electrum servers that see my addresses? Crawls the network, stores it in DuckDB, and shows who is who."
  ),
  Command.withSubcommands([crawlCommand, visitCommand, watchCommand, probeCommand, enrichCommand, analyzeCommand, evaluateCommand, exposureCommand, reportCommand, exportCommand, verifyCommand, auditCommand, archiveCommand, mergeCommand, diffCommand, queryCommand, serveCommand, noteCommand, historyCommand, dictionaryCommand, simnetCommand, demoCommand]),
  Command.withGlobalFlags([GlobalFlag.Setting("config")({ flag: configFlag }), LogFormat])
)
