import { BlindscoreError } from '../../core/errors.ts'
import { isolatedFrame } from './frame.ts'
import { networkOpen, noteIsolation } from './isolation.ts'
import { whyRefused } from './refusals.ts'
import { scriptText } from './scriptText.ts'

/**
 * A worker that has no network. It is made like a `Worker`, at once, and starts by and by; what is posted to it waits until
 * it has proven that the browser refuses it every connection, so no record, key or model reaches one that could pass it on.
 * Where it cannot be proven it ends with `platform/network-open`, as the `error` of its `error` event.
 */
export class IsolatedWorker extends EventTarget {
  #worker: Worker | null = null
  #over = false
  /** What waits for the proof, or null once it is there. */
  #waiting: [message: unknown, transfer: Transferable[]][] | null = []

  constructor(script: URL, { name }: { readonly type: 'module'; readonly name: string }) {
    super()
    void this.#start(script, name).catch((error: unknown) => this.#notStarted(script, error))
  }

  async #start(script: URL, name: string): Promise<void> {
    const [text, frame] = await Promise.all([scriptText(script), isolatedFrame()])
    if (this.#over) return
    const worker = frame.start(text, name)
    this.#worker = worker
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      if (this.#waiting === null) this.#fail(event.error)
      else void this.#notStarted(script, event.error)
    })
    worker.addEventListener('messageerror', () => this.dispatchEvent(new MessageEvent('messageerror')))
    worker.addEventListener('message', (event: MessageEvent) => this.#hear(worker, event))
  }

  #hear(worker: Worker, { data, ports }: MessageEvent): void {
    if (this.#waiting === null) {
      // What the frame's worker says is of the frame's own classes; here it is made of this page's, large arrays as they are.
      const transfer = [...ports, ...buffersIn(data, 2)]
      this.dispatchEvent(new MessageEvent('message', { data: structuredClone(data, { transfer }) }))
      return
    }
    const isolated = data?.isolated
    if (typeof isolated !== 'boolean') return
    const error = isolated ? null : networkOpen()
    noteIsolation(error)
    if (error) {
      this.#fail(error)
      return
    }
    const waiting = this.#waiting
    this.#waiting = null
    for (const [message, transfer] of waiting) worker.postMessage(message, transfer)
  }

  /** It never ran. Where the browser refuses this page its workers, that is why. */
  async #notStarted(script: URL, error: unknown): Promise<void> {
    const refusal = error instanceof BlindscoreError ? null : await whyRefused(script)
    if (refusal && !this.#over) noteIsolation(refusal)
    this.#fail(refusal ?? error)
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.terminate()
    this.dispatchEvent(new ErrorEvent('error', { error }))
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (this.#waiting) this.#waiting.push([message, transfer])
    else this.#worker?.postMessage(message, transfer)
  }

  terminate(): void {
    this.#over = true
    this.#worker?.terminate()
  }
}

/** The buffers of the arrays of numbers in a message, its members' and theirs; each once. */
function buffersIn(value: unknown, depth: number, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    // One that is shared stays so by itself. The frame has a class of its own for it.
    const { buffer } = value
    if (Object.prototype.toString.call(buffer) === '[object ArrayBuffer]') found.add(buffer as ArrayBuffer)
  } else if (depth > 0 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const member of Object.values(value)) buffersIn(member, depth - 1, found)
  }
  return found
}
