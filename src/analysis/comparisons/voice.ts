import type { WrittenText } from "../traits/server-traits.ts"

/** What somebody says for himself; undefined where nobody speaks. */
export const spoken = (text: WrittenText | null): string | undefined =>
  text === null || !text.isVoice || text.normalised === "" ? undefined : text.normalised

/** One of both is no more than strangers hit on too: that they are equal says nothing. */
export const isHitOn = (a: WrittenText | null, b: WrittenText | null): boolean => a?.isDefault === true || b?.isDefault === true
