/** Two ends that post to each other like a page and its worker: structured clones, later, and nothing once ended. */
export function workerPair() {
  const outside = new Outside()
  const inside = new Inside(outside)
  outside.inside = inside
  return { worker: outside as unknown as Worker, inside }
}

function deliver(target: EventTarget, message: unknown, transfer: Transferable[], isOver: () => boolean): void {
  const data = structuredClone(message, { transfer })
  setImmediate(() => {
    if (!isOver()) target.dispatchEvent(new MessageEvent('message', { data }))
  })
}

class Outside extends EventTarget {
  inside: EventTarget | null = null
  over = false

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (this.inside) deliver(this.inside, message, transfer, () => this.over)
  }

  terminate(): void {
    this.over = true
  }
}

class Inside extends EventTarget {
  readonly #outside: Outside

  constructor(outside: Outside) {
    super()
    this.#outside = outside
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    deliver(this.#outside, message, transfer, () => this.#outside.over)
  }
}

/** The browser's locks as far as they are used: held for as long as a promise is open, or until all are let go. */
export class FakeLocks {
  readonly #held = new Map<string, Promise<unknown>>()
  #releaseAll: () => void = () => {}
  readonly #everyHolderGone = new Promise<void>((resolve) => {
    this.#releaseAll = resolve
  })

  async request(name: string, use: () => unknown): Promise<void> {
    await this.#held.get(name)
    const held = Promise.race([Promise.resolve(use()), this.#everyHolderGone])
    this.#held.set(name, held)
    await held
  }

  releaseAll(): void {
    this.#releaseAll()
  }
}
