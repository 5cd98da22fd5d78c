type KeptColumns = typeof import('./keptColumns.ts')
type KeptValues = typeof import('./keptValues.ts')

/**
 * What remembers columns and words for later visits, loaded when it is first wanted. From then on what is said is stored at once:
 * a tab that is closed after a press keeps what was said by it.
 */
export class KeptHere {
  readonly columns = new Loaded<KeptColumns>(() => import('./keptColumns.ts'))
  readonly values = new Loaded<KeptValues>(() => import('./keptValues.ts'))
}

class Loaded<Module> {
  #module: Module | null = null
  readonly #load: () => Promise<Module>

  constructor(load: () => Promise<Module>) {
    this.#load = load
  }

  /** Null where it cannot be had: what is said holds for this file alone, then. */
  async get(): Promise<Module | null> {
    this.#module ??= await this.#load().catch(() => null)
    return this.#module
  }

  use(store: (module: Module) => void): void {
    if (this.#module) store(this.#module)
    else void this.get().then((module) => module && store(module))
  }
}
