// Preloaded by programs that run when it is later in a simulated world than here: see `startCli`.
const laterMs = Number(process.env.TESTED_LATER_MS)
const now = Date.now
Date.now = () => now() + laterMs
