import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { runCli } from "./cli.ts"
import { changeFile } from "./duck.ts"
import { copyOfKept } from "./kept.ts"
import { recordSmallCrawl, withStore } from "./small-database.ts"

/** What hostile servers say, by the way in which it would act where it is not data. */
export const hostileTexts = {
  formula: "=HYPERLINK(\"http://evil.example\",\"click\")",
  command: "@SUM(1+1)*cmd|' /C calc'!A0",
  markup: "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;]]>",
  terminal: "\u001b[2J\u001b]0;owned\u0007\u009b31m",
  direction: "evil\u202egpj.exe\u2066\u200b",
  lines: "one\r\ntwo\n\"three\",four\ttab\u2028five",
  forbidden: "bell\u0007vertical\u000bdelete\u007fnot a character\uffff",
  quotes: "'; DROP TABLE server; -- \\\" \\n"
} as const

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * A small analysed crawl, the texts of its two answering servers hostile: the
 * first says all of them as its software, the second a banner of ten megabytes.
 */
export const hostileCrawl = async (): Promise<{ readonly folder: string; readonly db: string }> => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-export-"))
  await copyOfKept("hostile-crawl", folder, (place) => makeHostile(databaseIn(place)))
  return { folder, db: databaseIn(folder) }
}

const databaseIn = (folder: string): string => join(folder, "small.duckdb")

const makeHostile = async (db: string): Promise<void> => {
  await Effect.runPromise(withStore(db, (store) => recordSmallCrawl(store, "mainnet-sim")))
  const { code, stderr } = await runCli(["analyze", "--network", "mainnet-sim", "--db", db])
  if (code !== 0) throw new Error(`analyze ended with ${code}: ${stderr}`)
  await changeFile(db, `
    UPDATE visit SET software = ${literal(Object.values(hostileTexts).join("|"))}, protocol = ${literal(hostileTexts.formula)}
    WHERE visit_id = (SELECT min(visit_id) FROM visit WHERE software IS NOT NULL);
    UPDATE visit SET software = repeat(${literal(`=${hostileTexts.terminal}`)}, 500000)
    WHERE visit_id = (SELECT max(visit_id) FROM visit WHERE software IS NOT NULL AND chain_verdict = 'same');
    UPDATE certificate SET subject = ${literal(hostileTexts.formula)}, issuer = ${literal(hostileTexts.terminal)}, san_dns = [${Object.values(hostileTexts).map(literal).join(", ")}];
    UPDATE advertisement SET raw = ${literal(hostileTexts.lines)} WHERE problem IS NOT NULL`)
}
