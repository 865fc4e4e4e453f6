/** Servers to lay out, by their order here. */
export interface LayoutTask {
  readonly x: Float64Array
  readonly y: Float64Array
  /** 1: stays where it is. */
  readonly fixed: Uint8Array
  /** Pairs of places in the order. */
  readonly ends: Uint32Array
  /** Radius that each keeps free. */
  readonly size: number
}

export interface LayoutAnswer {
  readonly x: Float64Array
  readonly y: Float64Array
  /** 0 to 1. */
  readonly done: number
}

/** Lays out in a thread of its own; the answer stops it. */
export const layOutAnew = (task: LayoutTask, hear: (answer: LayoutAnswer) => void): (() => void) => {
  const worker = new Worker(new URL("./relayout-worker.ts", import.meta.url), { type: "module" })
  worker.addEventListener("message", ({ data }: MessageEvent<LayoutAnswer>) => hear(data))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker is no window
  worker.postMessage(task)
  return () => worker.terminate()
}
