import { useEffect, useState } from 'react'

/**
 * What the page's address says after "#": which model, sample and server. It never holds data or keys, and what
 * stands after "#" is not sent to any server: of all secrets it may hold an invitation to a pooled study alone.
 */
export interface Address {
  readonly model: string | null
  readonly sample: string | null
  /** Another page than the analyst's. */
  readonly page: 'vendor' | 'outcomes' | null
  /** Whose part a person plays in the exchange by files: see ExchangeGuide.tsx. */
  readonly side: Side | null
  /** An invitation to a pooled study, as `client/studyServer.ts` spells it. */
  readonly study: string | null
  /** The digest of a pooled study that leaves this owner out. */
  readonly release: string | null
}

/** ABC has the records and the key, XYZ the model. */
export type Side = 'abc' | 'xyz'

function parameters(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1))
}

function read(): Address {
  const found = parameters()
  const study = found.get('study')
  const page = study
    ? 'outcomes'
    : ((['vendor', 'outcomes'] as const).find((each) => each === found.get('page')) ?? null)
  const side = (['abc', 'xyz'] as const).find((each) => each === found.get('side')) ?? null
  return { model: found.get('model'), sample: found.get('sample'), page, side, study, release: found.get('release') }
}

/** The scoring server: the one that the address names, else the one that the page came from. */
export function serverAddress(): string {
  return parameters().get('server') ?? location.origin
}

/** SHA-256 of the sealed records that the invitation in the address is to answer for; null where it is to something else. */
export function sealedDigest(): string | null {
  return parameters().get('sealed')
}

/** The address as it stands, and a function that names another model in it. */
export function useAddress(): readonly [Address, (model: string) => void] {
  const [address, setAddress] = useState(read)
  useEffect(() => {
    const server = serverAddress()
    const change = (): void => {
      // Another server means another session: nothing of this one may reach it.
      if (serverAddress() === server) setAddress(read())
      else location.reload()
    }
    window.addEventListener('hashchange', change)
    return () => window.removeEventListener('hashchange', change)
  }, [])
  const choose = (model: string): void => {
    const next = parameters()
    next.set('model', model)
    next.delete('sample')
    history.replaceState(null, '', `#${next}`)
    setAddress({ ...read(), model, sample: null, page: null, study: null, release: null })
  }
  return [address, choose]
}

/** Opens such an address at once: what is written to the address meanwhile, of the model before, is not taken for it. */
export function open(parameters: Readonly<Record<string, string>>): void {
  history.pushState(null, '', linkTo(parameters))
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

/** The address of a page or model on this server's page, as a link has it. */
export function linkTo(parameters: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams()
  const server = new URLSearchParams(location.hash.slice(1)).get('server')
  if (server) next.set('server', server)
  for (const [name, value] of Object.entries(parameters)) next.set(name, value)
  return `#${next}`
}

/** The same, whole, for somebody else. */
export const addressWith = (parameters: Readonly<Record<string, string>>): string =>
  `${location.origin}${location.pathname}${linkTo(parameters)}`
