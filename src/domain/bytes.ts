/** Bytes of a mebibyte, as memory and files are counted in. */
export const mebibyte = 2 ** 20
