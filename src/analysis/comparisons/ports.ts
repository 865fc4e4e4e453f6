import { shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

/** Both answer at the same ports that nobody sets by default. */
export const unusualPorts: Comparison = {
  name: "unusual ports",
  definition: "Both answered at one port and transport that is no default of software on this chain.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "ports",
  levels: [
    { name: "several ports", m: 0.1, u: 1e-3, measured: true },
    { name: "one port", m: 0.25, u: 2e-3, measured: true }
  ],
  innocent: ["a port that passes firewalls, such as 443", "ports of a guide that the catalogue does not know", "chance"],
  keys: (server) => server.unusualPorts,
  known: (server) => server.endpoints.length > 0,
  compare: (a, b) => {
    const ports = shared(a.unusualPorts, b.unusualPorts)
    if (ports.length === 0) return undefined
    return { level: ports.length > 1 ? 0 : 1, value: ports[0]!, detail: () => ({ ports: ports.slice(0, 20) }) }
  }
}

/** Both describe themselves in one unusual form. */
export const hostsShape: Comparison = {
  name: "hosts shape",
  definition: "Features of both claim the same kinds of hosts with the same ports, in a form that is no default.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "ports",
  levels: [{ name: "one form", m: 0.4, u: 0.01, measured: true }],
  innocent: ["a guide that the catalogue does not know", "few ways to write it down"],
  keys: (server) => server.hostsShape === null ? [] : [server.hostsShape],
  known: (server) => server.claimedHosts.length > 0,
  compare: (a, b) =>
    a.hostsShape === null || a.hostsShape !== b.hostsShape
      ? undefined
      : { level: 0, value: a.hostsShape, detail: () => ({ hosts: a.hostsShape }) }
}
