import { type Adjacency, returned } from "./adjacency.ts"

/** Each place's neighbours, each once, whoever of the two announces the other. */
const neighboursOf = (adjacency: Adjacency): { readonly starts: Uint32Array; readonly others: Uint32Array } => {
  const { from, servers, to } = adjacency
  const mutual = returned(adjacency)
  const starts = new Uint32Array(servers.length + 1)
  // Of a mutual pair each announcement adds the one it names; else the one that is named gets the other too.
  for (let i = 0; i < from.length; i++) {
    starts[from[i]! + 1]!++
    if (mutual[i] === 0) starts[to[i]! + 1]!++
  }
  for (let place = 0; place < servers.length; place++) starts[place + 1]! += starts[place]!
  const others = new Uint32Array(starts[servers.length]!)
  const next = starts.slice()
  for (let i = 0; i < from.length; i++) {
    others[next[from[i]!]!++] = to[i]!
    if (mutual[i] === 0) others[next[to[i]!]!++] = from[i]!
  }
  return { starts, others }
}

/**
 * The core number of every server, by place: the largest k for which it lies in a
 * part of the graph where each is joined to k others of that part, whoever of two
 * announces the other (Batagelj and Zaveršnik, "An O(m) algorithm for cores
 * decomposition of networks", 2003). High numbers say that many list each
 * other, which is what honest gossip brings about.
 */
export const coreNumbers = (adjacency: Adjacency): Uint32Array => {
  const count = adjacency.servers.length
  const { others, starts } = neighboursOf(adjacency)
  const degrees = Uint32Array.from({ length: count }, (_, place) => starts[place + 1]! - starts[place]!)
  // Places by what is left of their degree: where each degree begins, and where each place stands.
  const begins = new Uint32Array(degrees.reduce((most, degree) => Math.max(most, degree), 0) + 2)
  for (const degree of degrees) begins[degree + 1]!++
  for (let degree = 1; degree < begins.length; degree++) begins[degree]! += begins[degree - 1]!
  const [order, standing] = [new Uint32Array(count), new Uint32Array(count)]
  const next = begins.slice()
  for (let place = 0; place < count; place++) {
    standing[place] = next[degrees[place]!]!++
    order[standing[place]!] = place
  }
  for (let i = 0; i < count; i++) {
    const place = order[i]!
    for (let k = starts[place]!; k < starts[place + 1]!; k++) {
      const other = others[k]!
      if (degrees[other]! <= degrees[place]!) continue
      // One less: it changes places with the first of its degree, which from now on begins behind it.
      const [first, at] = [begins[degrees[other]!]!, standing[other]!]
      const moved = order[first]!
      order[first] = other
      order[at] = moved
      standing[other] = first
      standing[moved] = at
      begins[degrees[other]!]!++
      degrees[other]!--
    }
  }
  return degrees
}
