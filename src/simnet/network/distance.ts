/**
 * Where most servers of a country stand, as [latitude, longitude] in degrees,
 * rounded: its largest data centres. Good enough for how far apart two are.
 */
const places: Readonly<Record<string, readonly [number, number]>> = {
  AE: [25, 55],
  AR: [-35, -58],
  AT: [48, 16],
  AU: [-34, 151],
  BE: [51, 4],
  BG: [43, 23],
  BR: [-24, -47],
  CA: [45, -74],
  CH: [47, 8],
  CL: [-33, -71],
  CN: [31, 121],
  CO: [5, -74],
  CZ: [50, 14],
  DE: [50, 9],
  DK: [56, 13],
  EE: [59, 25],
  ES: [40, -4],
  FI: [60, 25],
  FR: [49, 2],
  GB: [51, 0],
  GR: [38, 24],
  HK: [22, 114],
  HR: [46, 16],
  HU: [47, 19],
  ID: [-6, 107],
  IE: [53, -6],
  IL: [32, 35],
  IN: [19, 73],
  IS: [64, -22],
  IT: [45, 9],
  JP: [36, 140],
  KR: [37, 127],
  LT: [55, 25],
  LU: [50, 6],
  LV: [57, 24],
  MD: [47, 29],
  MX: [19, -99],
  MY: [3, 102],
  NG: [6, 3],
  NL: [52, 5],
  NO: [60, 11],
  NZ: [-37, 175],
  PA: [9, -80],
  PL: [52, 21],
  PT: [39, -9],
  RO: [44, 26],
  RS: [45, 20],
  RU: [56, 38],
  SE: [59, 18],
  SG: [1, 104],
  SI: [46, 15],
  SK: [48, 17],
  TH: [14, 100],
  TR: [41, 29],
  TW: [25, 121],
  UA: [50, 30],
  US: [39, -84],
  VN: [21, 106],
  ZA: [-26, 28]
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180

const earthRadiusKm = 6371

/** Great-circle distance. */
const kilometres = (a: readonly [number, number], b: readonly [number, number]): number => {
  const half = (one: number, other: number): number => Math.sin((radians(one) - radians(other)) / 2) ** 2
  const chord = half(a[0], b[0]) + Math.cos(radians(a[0])) * Math.cos(radians(b[0])) * half(a[1], b[1])
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(chord))
}

/** Light in glass goes 200 km a millisecond; cables are some 1.6 times as long as the great circle. */
const kilometresPerMs = 200 / 1.6

/** Milliseconds of a round trip between servers of two countries, without what their own lines add; 0 where one is not known. */
export const roundTripBetween = (one: string | null, other: string | null): number => {
  const [from, to] = [places[one ?? ""], places[other ?? ""]]
  return from === undefined || to === undefined ? 0 : (2 * kilometres(from, to)) / kilometresPerMs
}
