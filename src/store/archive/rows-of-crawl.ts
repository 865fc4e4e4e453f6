import { type ArchiveTable, isOwn, ownRows } from "./table-roles.ts"

/** Endpoints that a crawl's rows speak of. */
const endpointsSql = (tables: ReadonlyArray<ArchiveTable>): string => [
  // A server's number is that of one of its endpoints.
  ...["endpoint_id", "server_id"].flatMap((column) =>
    tables.filter((table) => isOwn(table) && table.columns.includes(column)).map((table) => `SELECT ${column} FROM ${table.name} WHERE ${ownRows(table)}`)),
  `SELECT endpoint_id FROM advertisement_endpoint WHERE advertisement_id IN (${advertisementsSql})`,
  `SELECT endpoint_id FROM source WHERE source_id IN (${sourcesSql(tables)}) AND endpoint_id IS NOT NULL`
].join(" UNION ")

const advertisementsSql = "SELECT unnest(advertisement_ids) FROM reading WHERE crawl_id = $crawl_id"

const sourcesSql = (tables: ReadonlyArray<ArchiveTable>): string =>
  tables.filter((table) => isOwn(table) && table.columns.includes("source_id")).map((table) => `SELECT source_id FROM ${table.name} WHERE ${ownRows(table)}`).join(" UNION ")

const networkSql = "network = (SELECT network FROM crawl WHERE crawl_id = $crawl_id)"

const hostsSql = (tables: ReadonlyArray<ArchiveTable>): string => `SELECT host FROM endpoint WHERE endpoint_id IN (${endpointsSql(tables)})`

const addressesSql = (tables: ReadonlyArray<ArchiveTable>): string => `
  SELECT address FROM visit WHERE crawl_id = $crawl_id AND address IS NOT NULL
  UNION SELECT unnest(addresses) FROM visit WHERE crawl_id = $crawl_id
  UNION SELECT unnest(addresses) FROM host_address WHERE ${networkSql} AND host IN (${hostsSql(tables)})
  UNION ${hostsSql(tables)}`

/**
 * What an archive keeps of a table for one crawl, as a condition on its rows;
 * null where it keeps nothing. Takes parameter `$crawl_id`.
 */
export const rowsOfCrawl = (table: ArchiveTable, tables: ReadonlyArray<ArchiveTable>): string | null => {
  if (isOwn(table)) return ownRows(table)
  switch (table.name) {
    case "endpoint":
      return `endpoint_id IN (${endpointsSql(tables)})`
    case "source":
      return `source_id IN (${sourcesSql(tables)})`
    case "advertisement":
    case "advertisement_endpoint":
      return `advertisement_id IN (${advertisementsSql})`
    case "certificate":
      return "sha256 IN (SELECT certificate_sha256 FROM tls_session WHERE visit_id IN (SELECT visit_id FROM visit WHERE crawl_id = $crawl_id))"
    case "chain_certificate":
      return "sha256 IN (SELECT unnest(chain_sha256) FROM tls_session WHERE visit_id IN (SELECT visit_id FROM visit WHERE crawl_id = $crawl_id))"
    case "host_address":
    case "earlier_host_address":
      return `${networkSql} AND host IN (${hostsSql(tables)})`
    case "enrichment":
      return `${networkSql} AND address IN (${addressesSql(tables)})`
    case "opt_out":
      return "crawl_id = $crawl_id"
    default:
      return null
  }
}
