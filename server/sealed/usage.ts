/** What is stored of a run or a study, for the bounds on it. */
export interface Use {
  readonly client: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly expires: number
}

/**
 * How many runs, or studies, clients have stored, and of how many bytes. What this process does is known at once; what others do once
 * it has looked at the store again (`housekeeping.ts`).
 */
export class Usage {
  readonly #uses = new Map<string, Use>()

  get ids(): readonly string[] {
    return [...this.#uses.keys()]
  }

  get count(): number {
    return this.#uses.size
  }

  /** Of all. */
  get bytes(): number {
    return sumOf([...this.#uses.values()])
  }

  of(id: string): Use | undefined {
    return this.#uses.get(id)
  }

  note(id: string, use: Use | null): void {
    if (use === null) this.#uses.delete(id)
    else this.#uses.set(id, { client: use.client, bytes: use.bytes, expires: use.expires })
  }

  ofClient(client: string): readonly Use[] {
    return [...this.#uses.values()].filter((use) => use.client === client)
  }
}

export function sumOf(uses: readonly Use[]): number {
  return uses.reduce((sum, { bytes }) => sum + bytes, 0)
}
