import { Host } from "../parts/copy-text.tsx"
import { select } from "../state/store.ts"
import { answered, count } from "../text/format.ts"
import type { Network } from "./use-network.ts"

const most = 200

/** The same as the picture, for those who cannot see it or want to read it: servers that are drawn. */
export const DrawnTable = ({ network }: { readonly network: Network }) => (
  <div class="table-scroll">
    <table class="plain-table">
      <thead><tr><th>Host</th><th>{network.colouring.attribute.title}</th><th>Answer</th><th class="number">Named by</th><th class="number">Names</th></tr></thead>
      <tbody>
        {network.shown.slice(0, most).map((index) => {
          const row = network.model.rows[index]!
          return (
            <tr key={row.serverId}>
              <td><button type="button" class="plain" onClick={() => select({ kind: "server", id: row.serverId })}><Host text={row.host} /></button></td>
              <td>{network.colouring.labelOf(row)}</td>
              <td>{answered(row.reachable)}</td>
              <td class="number">{count(row.namedBy)}</td>
              <td class="number">{count(row.names)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
    {network.shown.length > most ? <p class="quiet">{`and ${count(network.shown.length - most)} more`}</p> : null}
  </div>
)
