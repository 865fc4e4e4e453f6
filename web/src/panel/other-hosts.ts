import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"

/** All names of a server but the one that it is headed with, which need not be the first of them. */
export const otherHosts = ({ host, hosts }: Pick<ServerRow, "host" | "hosts">): ReadonlyArray<string> => hosts.filter((one) => one !== host)
