/** Headers that a deep visit asks for up to the server's own tip, and as many beyond it. */
export const headersAroundTip = 8
