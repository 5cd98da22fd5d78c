import { createContext, use, useEffect, useEffectEvent, useState } from 'react'

/** What the scoring server answered, by the name of the question: cards are checked by their hash, so nothing goes stale by itself. */
export class Answers {
  readonly #held = new Map<string, unknown>()
  readonly #listeners = new Set<() => void>()

  held(question: string): unknown {
    return this.#held.get(question)
  }

  hold(question: string, answer: unknown): void {
    this.#held.set(question, answer)
  }

  /** Other answers may be right by now: what is on show is asked again, and stays on show until then. */
  renew(): void {
    this.#held.clear()
    for (const listener of this.#listeners) listener()
  }

  onRenewal(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

export const AnswersContext = createContext(new Answers())

export interface Answer<T> {
  readonly data: T | undefined
  /** Why there is none, or no newer one; null while that is not known. */
  readonly error: unknown
  /** It is being asked. */
  readonly pending: boolean
  readonly again: () => void
}

/** After so many milliseconds what failed is tried once more. */
const beforeRetry = 1000

/** The answer to a question, by its name; none is asked where that is null. */
export function useAnswer<T>(question: string | null, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const answers = use(AnswersContext)
  const [times, setTimes] = useState(0)
  const [state, setState] = useState<Omit<Answer<T>, 'again'> & { readonly question: string | null }>(unasked)
  const asking = useEffectEvent(ask)
  useEffect(() => answers.onRenewal(() => setTimes((before) => before + 1)), [answers])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is asked anew each time.
  useEffect(() => {
    if (question === null) return
    const held = answers.held(question) as T | undefined
    if (held !== undefined) return setState({ question, data: held, error: null, pending: false })
    const { signal, stop } = stoppable()
    setState((before) => ({ ...(before.question === question ? before : unasked), question, pending: true }))
    twice(asking, signal).then(
      (data) => {
        if (signal.aborted) return
        answers.hold(question, data)
        setState({ question, data, error: null, pending: false })
      },
      (error: unknown) => {
        if (!signal.aborted) setState((before) => ({ ...before, error, pending: false }))
      },
    )
    return stop
  }, [answers, question, times])
  // Until the effect has run, what is known is of the question before.
  const { data, error, pending } = state.question === question ? state : { ...unasked, pending: question !== null }
  return { data, error, pending, again: () => setTimes(times + 1) }
}

const unasked = { question: null, data: undefined, error: null, pending: false } as const

function stoppable(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, stop: () => controller.abort() }
}

async function twice<T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await ask(signal)
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve, beforeRetry))
    if (signal.aborted) throw error
    return ask(signal)
  }
}
