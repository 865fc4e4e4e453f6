/** Colours only on a terminal and never against NO_COLOR (no-color.org). */
export interface TerminalStyle {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly accent: (text: string) => string
  readonly warning: (text: string) => string
}

const code = (open: number, close: number) => (text: string): string => `\u001b[${open}m${text}\u001b[${close}m`
const plain = (text: string): string => text

export const terminalStyle = (isTerminal: boolean, env: Record<string, string | undefined>): TerminalStyle => {
  const coloured = isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb"
  return coloured
    ? { bold: code(1, 22), dim: code(2, 22), accent: code(36, 39), warning: code(33, 39) }
    : { bold: plain, dim: plain, accent: plain, warning: plain }
}
