import { build, type BuildOptions } from "esbuild"

/** Bundles programs of ours as `npm run build` does. */
export const bundle = (options: Pick<BuildOptions, "entryPoints" | "minify" | "outdir" | "outExtension" | "outfile">) =>
  build({
    bundle: true,
    splitting: options.outdir !== undefined,
    platform: "node",
    format: "esm",
    target: "node24",
    // Its JavaScript, 180 small files, is bundled like all else; what is left is native.
    external: ["@duckdb/node-bindings"],
    // Some packages inside ask for others by `require`.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: "error",
    ...options
  })
