import { useState } from 'react'

export interface Task<Args extends readonly unknown[]> {
  readonly pending: boolean
  readonly error: unknown
  readonly run: (...args: Args) => void
}

/** A piece of work that a button starts: whether it is under way, and why it failed. */
export function useTask<Args extends readonly unknown[]>(work: (...args: Args) => Promise<void>): Task<Args> {
  const [state, setState] = useState<{ pending: boolean; error: unknown }>({ pending: false, error: null })
  const run = async (...args: Args): Promise<void> => {
    setState({ pending: true, error: null })
    try {
      await work(...args)
      setState({ pending: false, error: null })
    } catch (error) {
      setState({ pending: false, error })
    }
  }
  return { ...state, run: (...args) => void run(...args) }
}
