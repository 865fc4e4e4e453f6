/** What can be exported. */
export const subjects = ["servers", "announcements", "graph", "fingerprints", "tls", "clusters", "indicators", "notes", "all", "evidence"] as const
export type Subject = (typeof subjects)[number]

/** How it is written. */
export const formats = ["csv", "jsonl", "parquet", "gexf", "graphml", "electrum-servers", "electrumx-blacklist", "bundle"] as const
export type Format = (typeof formats)[number]

const tables = ["csv", "jsonl", "parquet"] as const

/** The formats that fit, the usual one first. */
export const formatsOf: Readonly<Record<Subject, ReadonlyArray<Format>>> = {
  servers: [...tables, "electrum-servers", "electrumx-blacklist"],
  announcements: tables,
  graph: ["gexf", "graphml", ...tables],
  fingerprints: tables,
  tls: tables,
  clusters: tables,
  indicators: tables,
  notes: tables,
  all: tables,
  evidence: ["bundle"]
}

/** Why a format does not fit a subject, with those that do; undefined where it does. */
export const misfit = (subject: Subject, format: Format): string | undefined => {
  if (formatsOf[subject].includes(format)) return undefined
  const others = subjects.filter((other) => formatsOf[other].includes(format))
  return `--what ${subject} is written as ${formatsOf[subject].join(", ")}, not as ${format}; ${format} is for --what ${others.join(", ")}.`
}
