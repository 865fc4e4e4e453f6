/** The address of a page of the web, as a reader of addresses writes it; null for everything else, scripts and files among it. */
export const webPage = (text: string): string | null => {
  const url = URL.parse(text)
  return url !== null && ["http:", "https:"].includes(url.protocol) ? url.href : null
}
