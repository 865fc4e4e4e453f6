import { OpenApi } from "effect/http-api"
import { type Content, contentOf, tagOf } from "./content.ts"
import { ObservatoryApi } from "./observatory-api.ts"

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")

const json = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 1))}</pre>`

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string; readonly required: boolean; readonly description?: string; readonly schema: unknown }>
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: unknown } } }
  readonly responses?: { readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema?: unknown } } } }
}

const parametersOf = ({ parameters = [] }: Operation): string =>
  parameters.length === 0 ? "" : `<table><thead><tr><th>parameter</th><th>in</th><th>form</th><th>meaning</th></tr></thead><tbody>${
    parameters.map((one) =>
      `<tr><td><code>${escaped(one.name)}</code>${one.required ? "" : " <small>optional</small>"}</td><td>${one.in}</td><td><code>${
        escaped(JSON.stringify(one.schema))
      }</code></td><td>${escaped(one.description ?? "")}</td></tr>`).join("")
  }</tbody></table>`

const contentsOf = (title: string, content: { readonly [type: string]: { readonly schema?: unknown } }): string =>
  Object.entries(content).map(([type, { schema }]) =>
    `<details><summary>${escaped(title)} <code>${escaped(type)}</code></summary>${json(schema ?? {})}</details>`).join("")

const operationText = (method: string, path: string, operation: Operation): string =>
  `<section><h3><code>${method.toUpperCase()} ${escaped(path)}</code></h3><p>${escaped(operation.summary ?? "")}. ${
    escaped(operation.description ?? "")
  }</p>${parametersOf(operation)}${
    operation.requestBody === undefined ? "" : contentsOf("body", operation.requestBody.content)
  }${
    Object.entries(operation.responses ?? {}).map(([status, { content }]) => contentsOf(status, content ?? {})).join("")
  }</section>`

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.5rem 0}
h3{margin:.5rem 0;overflow-wrap:anywhere}
table{border-collapse:collapse}
td,th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}
pre{max-height:24rem;overflow:auto}
summary{cursor:pointer}
`

/**
 * The documentation of the API: its OpenAPI document, and a page made from it.
 * Effect's own pages (Swagger, Scalar) bring their scripts inside the page, which
 * our policy does not let run; this one needs none.
 */
export const docsFiles = (): ReadonlyMap<string, Content> => {
  const spec = OpenApi.fromApi(ObservatoryApi)
  const methods = Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => operationText(method, path, operation as Operation)))
  const schemas = Object.entries(spec.components.schemas).map(([name, schema]) =>
    `<details id="${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${json(schema)}</details>`)
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(spec.info.title)}: API</title><link rel="stylesheet" href="./docs.css"></head><body><main>
<h1>${escaped(spec.info.title)}: API</h1><p>${escaped(spec.info.description ?? "")}</p>
<p>As a document for programs: <a href="./openapi.json">openapi.json</a>. The viewer: <a href="./">here</a>.</p>
${methods.join("\n")}<h2>Schemas</h2>${schemas.join("\n")}</main></body></html>`
  const text = (path: string, body: string, type: string): readonly [string, Content] => {
    const bytes = new TextEncoder().encode(body)
    return [path, contentOf(bytes, type, tagOf(bytes), "no-cache")]
  }
  return new Map([
    text("/openapi.json", JSON.stringify(spec), "application/json"),
    text("/docs", page, "text/html; charset=utf-8"),
    text("/docs.css", style, "text/css; charset=utf-8")
  ])
}
