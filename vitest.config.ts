import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    env: { OBSERVATORY_LOOPBACK_ONLY: "1" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores here and in CI; each file owns its ports and its database file.
    maxWorkers: 2,
    // Tests of one file that run together mostly wait: for wallets, for servers that pace themselves.
    maxConcurrency: 12
  }
})
