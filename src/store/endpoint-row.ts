import { Schema } from "effect"
import type { Endpoint } from "../domain/endpoint.ts"

/** Columns of table `endpoint` that make an endpoint, to be spread into the row of a query. */
export const endpointFields = {
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.Literals(["tcp", "tls", "ws", "wss"]),
  network_class: Schema.Literals(["ipv4", "ipv6", "onion", "name"])
}

export const endpointOf = (row: Schema.Struct.Type<typeof endpointFields>): Endpoint => ({
  host: row.host,
  port: row.port,
  transport: row.transport,
  networkClass: row.network_class
})
