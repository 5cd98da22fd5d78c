import { Fragment, type ReactNode } from 'react'
import type { Part, Parts } from '../words/parts.ts'

interface PartsTextProps<Element extends string> {
  readonly parts: Parts<Element>
  /** Draws each element of the text. */
  readonly elements: { readonly [E in Element]: (text: string) => ReactNode }
}

/** A text of the words with elements in it. */
export function PartsText<Element extends string>({ parts, elements }: PartsTextProps<Element>) {
  const drawn = (part: Part<Element>): ReactNode => {
    // An element of its own: a browser that translates takes text nodes away from under whoever writes into them.
    if (typeof part === 'string') return <span>{part}</span>
    const [[element, text] = ['', '']] = Object.entries(part) as [string, string][]
    return elements[element as Element]?.(text)
  }
  // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
  return parts.map((part, i) => <Fragment key={i}>{drawn(part)}</Fragment>)
}
