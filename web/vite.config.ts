import { defineConfig } from "vite"

/** The viewer: static files that `observatory serve` answers from `dist/web`. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2023",
    // Inlined files would be `data:` addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
    reportCompressedSize: false
  },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8465", "/openapi.json": "http://127.0.0.1:8465" } }
})
