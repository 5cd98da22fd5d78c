/** What the device has for sealing. */
export interface Device {
  readonly cores: number
  /** Of memory in GiB; browsers state it roughly, at most 8 and often not at all. */
  readonly gibibytes: number
}

export function thisDevice(): Device {
  const { hardwareConcurrency, deviceMemory } = navigator as Navigator & { readonly deviceMemory?: number }
  return { cores: hardwareConcurrency || 2, gibibytes: deviceMemory ?? 8 }
}

const mostSealers = 16
/** Each sealer has a memory, a stock of residues and, where memory is not shared, a table of its own. */
const sealersPerGibibyte = 2

/** Sealers to work side by side: one per core, fewer where memory is short. */
export function sealersFor({ cores, gibibytes }: Device): number {
  return Math.max(1, Math.min(cores, mostSealers, Math.floor(sealersPerGibibyte * gibibytes)))
}
