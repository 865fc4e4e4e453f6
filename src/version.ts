import manifest from "../package.json" with { type: "json" }

/** Version of this package, stored with every crawl. */
export const version: string = manifest.version
