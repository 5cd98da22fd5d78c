import { grouped } from './grouped.ts'

const shown = 16

/** The start of a digest in hexadecimal; the whole of it is its title. */
export function Digest({ hex }: { readonly hex: string }) {
  return (
    <code translate="no" title={hex}>
      {grouped(hex.slice(0, shown))}
    </code>
  )
}
