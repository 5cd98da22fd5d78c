import { Data } from './Data.tsx'
import { Digest } from './Digest.tsx'

/** Whose a key is, as people compare it. */
export function Fingerprint({ hex }: { readonly hex: string }) {
  return (
    <Data>
      <Digest hex={hex} />
    </Data>
  )
}
