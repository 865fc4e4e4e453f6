import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import { between, counted, listed, shareWithin } from "../write/words.ts"
import { numberText } from "../write/texts.ts"

/** What "a few" means here: so many or fewer. */
export const few = 5

/** Fewer servers than this say nothing about a network. */
const leastServers = 10

/** What servers are grouped by, in words. */
export const dimensions: Readonly<Record<string, string>> = {
  asn: "autonomous system",
  "cloud region": "cloud region",
  country: "country",
  software: "software",
  operator: "operator",
  bucket: "block of addresses (/16 or /48)"
}

type Row = ReportFacts["named"]["concentration"]["rows"][number]

const placeText = (row: Row): string =>
  `by ${dimensions[row.dimension] ?? row.dimension} ${between(row.nakamoto_low ?? 0, row.nakamoto_high ?? 0)} ${row.nakamoto_high === 1 ? "has" : "have"} more than half (the largest ${percent((row.largest_percent ?? 0) / 100)})`

const keyFigures = ({ named, overview }: ReportFacts, operator: Row | undefined, places: ReadonlyArray<Row>): ReadonlyArray<KeyFigure> => {
  const { operators, serversAnswered, topFiveMain } = overview
  const figures: Array<KeyFigure> = [
    { name: "servers that answered", value: numberText(serversAnswered.value ?? 0), level: serversAnswered.level, caveat: serversAnswered.caveat, query: serversAnswered.query }
  ]
  if (operators.value !== null) {
    figures.push({ name: "operators they look like", value: between(operators.low ?? operators.value, operators.high ?? operators.value), level: operators.level, caveat: operators.caveat, query: operators.query })
  }
  if (operator !== undefined) {
    figures.push({
      name: "operators that together have more than half",
      value: between(operator.nakamoto_low ?? 0, operator.nakamoto_high ?? 0),
      level: "operator (probable)",
      caveat: `At most ${numberText(operator.nakamoto_if_apart ?? 0)}, if every server were its own operator. Servers in no group count so.`,
      query: "concentration"
    })
  }
  for (const row of places) {
    figures.push({
      name: `more than half, by ${dimensions[row.dimension] ?? row.dimension}`,
      value: `${between(row.nakamoto_low ?? 0, row.nakamoto_high ?? 0)}; largest ${percent((row.largest_percent ?? 0) / 100)}; HHI ${numberText(row.hhi ?? 0)} (${numberText(row.hhi_low ?? 0)} to ${numberText(row.hhi_high ?? 0)})`,
      level: "server",
      caveat: row.servers_or_operators_unknown === 0
        ? `Known of all ${counted(row.servers_or_operators_known, "server")}.`
        : `Known of ${counted(row.servers_or_operators_known, "server")}, not of ${row.servers_or_operators_unknown}; the limits say where those might belong.`,
      query: named.concentration.source.kind === "named query" ? named.concentration.source.name : null
    })
  }
  if (topFiveMain.value !== null) {
    figures.push({ name: "wallet starts whose main server is of the five largest owners", value: shareWithin(topFiveMain.value, topFiveMain.low, topFiveMain.high), level: topFiveMain.level, caveat: topFiveMain.caveat, query: topFiveMain.query })
  }
  return figures
}

const verdict = (operator: Row, power: string): { readonly text: string; readonly level: Answer["confidence"]["level"]; readonly because: string } => {
  const n = operator.servers_or_operators_known
  const [low, high] = [operator.nakamoto_low ?? 0, operator.nakamoto_high ?? 0]
  const range = between(low, high)
  if (high <= few) {
    return {
      text: `Yes: ${range} probable operators run more than half of the ${counted(n, "server")} that answered.`,
      level: "moderate",
      because: "The limits hold whichever of the probable groups are one operator's; a group is called so only on evidence that a single third party seldom brings to strangers. It is a probability all the same."
    }
  }
  if (low > few) {
    return {
      text: `Not that this crawl could see: by all that servers show, it takes ${range} operators to have more than half of the ${counted(n, "server")} that answered. Servers that show nothing in common count as operators of their own, so the network may be more centralised than this.`,
      level: "low",
      because: `Operators who take care leave nothing to see. ${power}`
    }
  }
  return {
    text: `Undecided: it takes between ${Math.round(low)} and ${Math.round(high)} probable operators to have more than half of the ${counted(n, "server")} that answered, and ${few} or fewer would be a few.`,
    level: "low",
    because: "Which groups are one operator's decides it, and the evidence leaves that open."
  }
}

/** What the crawl's power says of not finding a fleet. */
const fleetWords = (fleets: ReportFacts["fleets"]): string => {
  if (fleets === null) return "What fleets this crawl could have shown was not computed."
  const found = fleets.filter(({ question, smallest }) => question === "operator" && smallest !== null)
  const missed = fleets.filter(({ question, smallest }) => question === "operator" && smallest === null)
  return [
    ...(found.length === 0 ? [] : [`Planted fleets were found from these sizes on: ${found.map(({ kit, smallest }) => `"${kit}" (${smallest})`).join("; ")}.`]),
    ...(missed.length === 0 ? [] : [`Never found, at no size: ${missed.map(({ kit }) => `"${kit}"`).join("; ")}.`])
  ].join(" ")
}

/** Whether a few operators run most servers, by what the figures allow to say. */
export const centralised = (facts: ReportFacts): Answer => {
  const rows = facts.named.concentration.rows.filter(({ level }) => level === "server")
  const operator = rows.find(({ dimension }) => dimension === "operator")
  const places = ["asn", "cloud region", "country", "software"].flatMap((dimension) => rows.filter((row) => row.dimension === dimension && row.servers_or_operators_known > 0))
  const figures = keyFigures(facts, operator, places)
  const wouldChange = [
    "Evidence that joins servers which now count apart: a key, a domain or a payment address that two of them hold.",
    "Snapshots at more moments, and a longer watch of upgrades and restarts, which show common nodes and common hands.",
    "Servers that this vantage did not reach, or that nobody announces."
  ]
  const unanswered = (text: string, because: string): Answer => ({ kind: "answer", answer: text, figures, confidence: { level: "none", because }, wouldChange })
  if (facts.run === null || operator === undefined) {
    return unanswered("Not answered: nobody has looked yet which servers belong together. Run observatory analyze.", "The crawl has not been analysed.")
  }
  if (operator.servers_or_operators_known < leastServers) {
    return unanswered(`Not answered: only ${counted(operator.servers_or_operators_known, "server")} answered, too few to say.`, "A handful of servers is no network.")
  }
  const { because, level, text } = verdict(operator, fleetWords(facts.fleets))
  const isFew = (row: Row): boolean => (row.nakamoto_high ?? few + 1) <= few
  const name = (row: Row): string => dimensions[row.dimension] ?? row.dimension
  const [concentrated, spread] = [places.filter(isFew), places.filter((row) => !isFew(row))]
  const place = [
    ...(concentrated.length === 0 ? [] : [`In other respects it is concentrated: ${listed(concentrated.map(placeText))}.`]),
    ...(spread.length === 0 ? [] : [`By ${listed(spread.map(name))} it is not shown to be in a few hands.`]),
    ...(places.length === 0 ? ["Where servers stand and what they run is not known."] : [])
  ].join(" ")
  return { kind: "answer", answer: `${text} ${place}`, figures, confidence: { level, because }, wouldChange }
}
