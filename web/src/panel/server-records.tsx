import type { ServerDetail, VisitDetail } from "../../../src/atlas/shapes/server-detail.ts"
import { CopyText, Host } from "../parts/copy-text.tsx"
import { WideTable } from "../parts/wide-table.tsx"
import { change, select } from "../state/store.ts"
import { answered, counted, decimal, time, unknown, yesNo } from "../text/format.ts"
import { shortened, shown } from "../text/display.ts"

type Visit = typeof VisitDetail.Type

const Observation = ({ of }: { readonly of: Visit["observations"][number] }) => {
  const head = (
    <>
      <span>{shown(of.probe)}{of.method === null || of.method === of.probe ? null : <span class="quiet mono">{` ${shown(of.method)}`}</span>}</span>
      <span class="quiet">{shown(of.outcome, 60)}</span>
      <span class="figure quiet">{of.latencyMs === null ? "" : `${decimal(of.latencyMs, 0)} ms`}</span>
    </>
  )
  return of.reply === null
    ? <div class="observation">{head}</div>
    : <details><summary class="observation">{head}</summary><pre tabIndex={0}>{shown(of.reply, 4_100)}</pre>{of.replyBytes === null ? null : <p class="quiet">{`${counted(of.replyBytes, "byte")} in all`}</p>}</details>
}

/** Attempts on the server's endpoints, with raw replies. */
export const Visits = ({ visits }: Pick<ServerDetail, "visits">) => (
  <section>
    <h3>Visits and raw replies</h3>
    {visits.length === 0 ? <p class="quiet">It was not visited.</p> : null}
    {visits.map((visit) => (
      <details key={visit.visitId}>
        <summary>{`${time(visit.startedAt)}, ${shown(visit.kind)}: ${shown(visit.outcome)}${visit.reason === null ? "" : `, ${shown(visit.reason)}`}`}</summary>
        {visit.phase === null && visit.detail === null ? null : <p class="quiet">{[visit.phase, visit.detail].filter((one) => one !== null).map((one) => shown(one)).join(": ")}</p>}
        {visit.observations.map((one, i) => <Observation key={i} of={one} />)}
      </details>
    ))}
  </section>
)

export const Certificates = ({ certificates }: Pick<ServerDetail, "certificates">) => certificates.length === 0 ? null : (
  <section>
    <h3>Certificates</h3>
    {certificates.map((one) => (
      <dl class="facts" key={one.sha256}>
        <div><dt>SHA-256</dt><dd><CopyText text={one.sha256} limit={30} /></dd></div>
        <div><dt>Key</dt><dd>{one.spkiSha256 === null ? unknown : <CopyText text={one.spkiSha256} limit={30} />}{one.keyType === null ? "" : ` ${shown(one.keyType)}`}</dd></div>
        <div><dt>Subject</dt><dd>{one.subject === null ? unknown : shown(one.subject)}</dd></div>
        <div><dt>Issuer</dt><dd>{one.issuer === null ? unknown : shown(one.issuer)}</dd></div>
        <div><dt>Valid</dt><dd>{`${time(one.validFrom)} to ${time(one.validTo)}`}</dd></div>
        <div><dt>Names</dt><dd>{one.names.length === 0 ? "none" : shown(one.names.join(", "), 600)}</dd></div>
        <div><dt>Self-signed</dt><dd>{yesNo(one.selfSigned)}</dd></div>
      </dl>
    ))}
  </section>
)

type Announced = ServerDetail["names"]

const most = 100

const AnnouncedList = ({ of, title }: { readonly of: Announced; readonly title: string }) => of.length === 0 ? null : (
  <details>
    <summary>{title}</summary>
    <ul class="links">
      {of.slice(0, most).map(({ host, serverId, timesAsked, timesSeen }) => (
        <li key={serverId}><button type="button" class="link-row" onClick={() => select({ kind: "server", id: serverId })}>
          <Host text={host} /><span class="figure quiet">{`${timesSeen} of ${timesAsked}`}</span>
        </button></li>
      ))}
    </ul>
    {of.length > most ? <p class="quiet">{`and ${of.length - most} more`}</p> : null}
  </details>
)

/** Who announces it and whom it announces; seen so often of so often asked. */
export const Announcements = ({ detail: { namedBy, names } }: { readonly detail: ServerDetail }) => (
  <section>
    <h3>Announcements</h3>
    {namedBy.length === 0 ? <p class="quiet">No server that was asked named it.</p> : null}
    <AnnouncedList of={namedBy} title={`Named by ${counted(namedBy.length, "server")}`} />
    <AnnouncedList of={names} title={`Names ${counted(names.length, "server")}`} />
    {namedBy.length + names.length > 0 ? <p class="quiet">Times seen of times its list was asked for: lists are random parts. Level: server.</p> : null}
  </section>
)

export const History = ({ history }: Pick<ServerDetail, "history">) => (
  <section>
    <h3>History</h3>
    <WideTable>
      <table class="plain-table">
        <thead><tr><th scope="col">Crawl</th><th scope="col">Answer</th><th scope="col">Says it is</th><th scope="col">Certificate</th><th scope="col">Group</th><th scope="col" class="number">Score</th></tr></thead>
        <tbody>
          {history.toReversed().map((one) => (
            <tr key={one.crawlId}>
              <td><button type="button" class="plain" title={time(one.startedAt)} onClick={() => change({ crawl: String(one.crawlId) })}>{one.crawlId}</button></td>
              <td>{answered(one.reachable)}</td>
              <td>{one.software === null ? <span class="quiet">{unknown}</span> : shown(one.software, 40)}</td>
              <td class="mono">{one.certificate === null ? <span class="quiet">{unknown}</span> : shortened(one.certificate, 11)}</td>
              <td>{one.clusterId ?? <span class="quiet">none</span>}</td>
              <td class="number">{one.score === null ? <span class="quiet">{unknown}</span> : decimal(one.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  </section>
)

/** Since when its hosts have been on public lists whose history was imported. */
export const Listings = ({ listings }: Pick<ServerDetail, "listings">) => listings.length === 0 ? null : (
  <section>
    <h3>On public lists</h3>
    <ul class="links">
      {listings.map(({ firstAt, host, lastAt, list, removedAt }) => (
        <li key={`${list} ${host}`}>
          <Host text={host} />
          <span class="quiet">{` ${shown(list, 120)}: since ${time(firstAt)}${removedAt === null ? ", still" : `, last ${time(lastAt)}`}`}</span>
        </li>
      ))}
    </ul>
    <p class="quiet">A name on a list may have changed hands. Level: host.</p>
  </section>
)
