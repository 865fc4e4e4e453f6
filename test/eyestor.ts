import { startTorNetwork } from "./support/tor-network.ts"
import { writeFileSync } from "node:fs"
// Onion service leads to the simnet servers' real loopback ports given on the command line.
const [tcp, tls] = process.argv.slice(2).map(Number)
const tor = await startTorNetwork({ tcp: tcp!, tls: tls! })
writeFileSync("/tmp/eyes7b/tor/ready.json", JSON.stringify(tor))
console.log(tor)
setInterval(() => {}, 1 << 30)
process.on("SIGTERM", () => { tor.stop(); process.exit(0) })
