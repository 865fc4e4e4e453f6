import type { ComponentType } from "preact"
import { useEffect, useState } from "preact/hooks"
import { Failed, Shape } from "./states.tsx"

const failure = "The code of this part did not come: the observatory stopped, or was updated since the viewer was opened. Load the page again."

/** A component whose code comes when it is first shown. */
export const lazy = <Props extends object>(load: () => Promise<{ readonly default: ComponentType<Props> }>): ComponentType<Props> => {
  let known: ComponentType<Props> | null = null
  return (props: Props) => {
    const [, redraw] = useState(0)
    const [failed, setFailed] = useState(false)
    useEffect(() => {
      if (known !== null) return
      let wanted = true
      const begin = async (): Promise<void> => {
        try {
          known = (await load()).default
          if (wanted) redraw((n) => n + 1)
        } catch {
          if (wanted) setFailed(true)
        }
      }
      void begin()
      return () => { wanted = false }
    }, [])
    const Content = known
    return failed ? <Failed message={failure} /> : Content === null ? <Shape /> : <Content {...props} />
  }
}
