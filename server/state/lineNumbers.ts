/** Lines that processes number, each its own from 0, as they are read in their order: one that was taken out leaves a gap. */
export class LineNumbers {
  readonly #last = new Map<string, number>()

  /** Names a line among those of all processes. */
  static nameOf(process: string, number: number): string {
    return `${process}-${number}`
  }

  /** How many lines of its process are missing before this one, as far as those before were read. */
  missingBefore(id: string): number {
    const cut = id.lastIndexOf('-')
    const [process, number] = [id.slice(0, cut), Number(id.slice(cut + 1))]
    const last = this.#last.get(process)
    if (!Number.isSafeInteger(number)) return 0
    this.#last.set(process, Math.max(last ?? 0, number))
    return last === undefined ? 0 : Math.max(0, number - last - 1)
  }
}
