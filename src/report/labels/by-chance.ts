import type { BaseRate } from "./label-file.ts"

/**
 * Probability of `hits` or more among `tried` if each came with probability
 * `rate`: the upper tail of the binomial distribution.
 */
export const upperTail = (hits: number, tried: number, rate: number): number => {
  if (hits <= 0) return 1
  if (rate <= 0 || hits > tried) return 0
  if (rate >= 1) return 1
  let [log, tail] = [tried * Math.log1p(-rate), 0]
  for (let k = 0; k <= tried; k++) {
    if (k > 0) log += Math.log((tried - k + 1) / k) + Math.log(rate) - Math.log1p(-rate)
    if (k >= hits) tail += Math.exp(log)
  }
  return Math.min(1, tail)
}

/** With no hit among n random hosts the rate is not zero: half a hit is added, which is the Jeffreys estimate. */
export const rateOf = ({ hits, hosts }: BaseRate): number => (hits + 0.5) / (hosts + 1)

/** Logarithm of n!, for n up to some thousands. */
const logFactorial = (n: number): number => {
  let sum = 0
  for (let i = 2; i <= n; i++) sum += Math.log(i)
  return sum
}

/**
 * Probability that, of all that fit, so many or more are among the servers if
 * servers and random hosts fit alike: the upper tail of the hypergeometric
 * distribution (Fisher's exact test), in which the sample's own uncertainty is.
 */
export const servedByChance = (
  servers: { readonly hits: number; readonly known: number },
  random: { readonly hits: number; readonly known: number }
): number => {
  const [fit, all] = [servers.hits + random.hits, servers.known + random.known]
  const whole = logFactorial(fit) + logFactorial(all - fit) + logFactorial(servers.known) + logFactorial(random.known) - logFactorial(all)
  let tail = 0
  for (let k = servers.hits; k <= Math.min(fit, servers.known); k++) {
    if (fit - k > random.known) continue
    tail += Math.exp(whole - logFactorial(k) - logFactorial(fit - k) - logFactorial(servers.known - k) - logFactorial(random.known - fit + k))
  }
  return Math.min(1, tail)
}
