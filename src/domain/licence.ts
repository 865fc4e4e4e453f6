/** Under which terms data are handed on (SPDX); the program itself has another licence. */
export const dataLicence = "CC-BY-4.0"
