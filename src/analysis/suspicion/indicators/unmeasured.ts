import type { Indicator } from "../indicator.ts"

/** Does it never fail? Recorded for the day when it is known how often honest servers do not either. */
export const perfectUptime: Indicator = ({ uptime }) =>
  uptime.share === null
    ? { untested: uptime.gap ?? "not observed long enough" }
    : {
      value: uptime.share,
      share: uptime.share === 1 ? 1 : 0,
      detail: { observations: uptime.observations }
    }

/** Does it keep what it is asked? Nobody can tell from outside. */
export const logging: Indicator = () => ({ untested: "what a server writes down cannot be observed from outside" })
