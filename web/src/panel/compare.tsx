import { useState } from "preact/hooks"
import { useShownServers } from "../client/shown-servers.ts"
import { Host } from "../parts/copy-text.tsx"
import { select } from "../state/store.ts"

const most = 8

/** Chooses the second server of a comparison by part of a host. */
export const Compare = ({ id }: { readonly id: number }) => {
  const [text, setText] = useState("")
  const all = useShownServers().value?.all ?? []
  const wanted = text.trim().toLowerCase()
  const found = wanted === ""
    ? []
    : all.filter(({ hosts, serverId }) => serverId !== id && hosts.some((host) => host.toLowerCase().includes(wanted))).slice(0, most)
  return (
    <div class="compare">
      <input type="search" placeholder="Compare with: part of a host" aria-label="Compare with another server" autocomplete="off" spellcheck={false}
        value={text} onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          const first = found[0]
          if (event.key === "Enter" && first !== undefined) select({ kind: "pair", a: id, b: first.serverId })
        }} />
      {wanted === "" ? null : found.length === 0 ? <p class="quiet">No other server has such a host.</p> : (
        <ul class="links">
          {found.map(({ host, serverId }) => (
            <li key={serverId}><button type="button" class="link-row" onClick={() => select({ kind: "pair", a: id, b: serverId })}><Host text={host} limit={44} /></button></li>
          ))}
        </ul>
      )}
    </div>
  )
}
