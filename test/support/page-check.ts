import { parseHTML } from "linkedom"

/** An element as far as the check looks at it; linkedom's types are the browser's. */
interface PageElement {
  readonly tagName: string
  readonly id: string
  readonly textContent: string
  readonly outerHTML: string
  readonly getAttribute: (name: string) => string | null
  readonly getAttributeNames: () => ReadonlyArray<string>
  readonly querySelector: (selector: string) => PageElement | null
  readonly querySelectorAll: (selector: string) => Iterable<PageElement>
}

export const parsePage = (html: string): PageElement => (parseHTML(html) as unknown as { readonly document: PageElement }).document

/** Elements that a page without scripts and forms needs; everything else would be somebody's text that became markup. */
const known = new Set(
  ("HTML HEAD META TITLE STYLE BODY HEADER NAV MAIN FOOTER SECTION H1 H2 H3 H4 P OL UL LI DL DT DD A CODE STRONG PRE DIV TABLE CAPTION THEAD TBODY TR TH TD " +
    "FIGURE FIGCAPTION SPAN DETAILS SUMMARY I SVG G PATH RECT LINE CIRCLE TEXT TSPAN DESC").split(" ")
)

/** What is wrong with a page that needs nothing else, in words; empty for nothing. */
export const pageFaults = (html: string): ReadonlyArray<string> => {
  const page = parsePage(html)
  const faults: Array<string> = []
  const elements = [...page.querySelectorAll("*")]
  const ids = elements.map(({ id }) => id).filter((id) => id !== "" && id !== null && id !== undefined)
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id ${id} stands there more than once`)
  const headings = elements.filter(({ tagName }) => /^H[1-6]$/i.test(tagName)).map(({ tagName }) => Number(tagName[1]))
  if (headings[0] !== 1 || headings.filter((level) => level === 1).length !== 1) faults.push("there is not one heading of the first level, at the beginning")
  headings.forEach((level, i) => {
    if (i > 0 && level > headings[i - 1]! + 1) faults.push(`heading ${i} skips a level`)
  })
  for (const element of elements) {
    if (!known.has(element.tagName.toUpperCase())) faults.push(`there is an element ${element.tagName}`)
    for (const name of element.getAttributeNames()) {
      const value = element.getAttribute(name) ?? ""
      if (/^on/i.test(name)) faults.push(`${element.tagName} has a handler ${name}`)
      if (["src", "srcset", "data", "action", "poster", "background"].includes(name.toLowerCase())) faults.push(`${element.tagName} loads ${value}`)
      if (/url\s*\(\s*["']?(?!#)/i.test(value)) faults.push(`${element.tagName} loads by ${name}`)
      if (/href$/i.test(name)) {
        if (element.tagName.toUpperCase() !== "A") faults.push(`${element.tagName} refers to ${value}`)
        else if (value.startsWith("#") ? !ids.includes(value.slice(1)) : !/^https?:\/\//.test(value)) faults.push(`a link leads to ${value}`)
      }
    }
  }
  for (const style of page.querySelectorAll("style")) if (/@import|url\s*\(/i.test(style.textContent)) faults.push("a style sheet loads something")
  const policy = page.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content") ?? ""
  if (!policy.startsWith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")) faults.push(`the policy is ${policy}`)
  for (const svg of page.querySelectorAll("svg")) {
    if (svg.querySelector("title") === null || svg.querySelector("desc") === null) faults.push("a drawing has no title or description")
  }
  return faults
}
