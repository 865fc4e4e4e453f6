import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import type { WatchHealth } from "./watch-metrics.ts"

/**
 * Serves `/metrics` in Prometheus' format and `/health` as JSON (503 where looks
 * have stopped) until the scope ends. Neither names a server, so nothing has to be
 * withheld from whoever may connect.
 */
export const serveMetrics = (
  at: { readonly host: string; readonly port: number },
  health: Effect.Effect<WatchHealth>
) =>
  Layer.launch(HttpRouter.serve(Layer.mergeAll(
    PrometheusMetrics.layerHttp(),
    HttpRouter.add("GET", "/health", Effect.map(health, (it) => HttpServerResponse.jsonUnsafe(it, { status: it.status === "ok" ? 200 : 503 })))
  ), { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provide(NodeHttpServer.layer(createServer, { host: at.host, port: at.port, gracefulShutdownTimeout: "1 second" }))
  ))
