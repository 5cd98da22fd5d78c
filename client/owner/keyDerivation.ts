/** What a key is derived with from a passphrase, besides that. */
export interface DerivationSettings {
  /** Kibibytes. */
  readonly memory: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Uint8Array
}

/** 32 bytes that follow from a passphrase, made slowly so that guessing it is slow as well. */
export type DeriveKey = (passphrase: string, settings: DerivationSettings) => Promise<Uint8Array<ArrayBuffer>>

/** What new keys are wrapped with: the second recommendation of RFC 9106, which fits a browser's memory. */
export const recommended = { memory: 65_536, passes: 3, lanes: 4 } as const
