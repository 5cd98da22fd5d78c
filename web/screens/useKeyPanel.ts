import { createContext, use } from 'react'

export const KeyPanelContext = createContext<() => void>(() => {})

/** Opens the key's panel, from wherever the key is needed. */
export function useKeyPanel(): () => void {
  return use(KeyPanelContext)
}
