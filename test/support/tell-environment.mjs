// Imported before a program: at its end its last line on standard error says with
// which environment the process began, and with which it would start another.
import { readFileSync } from "node:fs"

process.on("exit", () => {
  const began = Object.fromEntries(readFileSync("/proc/self/environ", "utf8").split("\0").filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)))
  process.stderr.write(`\n${JSON.stringify({ began, hands: process.env })}\n`)
})
