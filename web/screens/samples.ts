import { errorOf } from '../session/faults.ts'
import { carriedText } from '../workers/carried.ts'

/** The sample files that come with the page, by the id of the model they are for: see public/samples. */
const samples: Readonly<Record<string, string>> = {
  'credit-default': 'credit',
  'doctor-visits': 'doctor-visits',
  'concrete-strength': 'concrete',
  salary: 'salary',
}

/** How the page's folder has its samples. */
interface Stored {
  readonly ending: string
  /** The CSV that a stored text stands for. */
  readonly read: (text: string) => string
}

let stored: Stored = { ending: '.csv', read: (text) => text }

/** For a page whose folder has them otherwise. */
export function storeSamplesAs(other: Stored): void {
  stored = other
}

export function sampleOf(model: string): string | null {
  return Object.hasOwn(samples, model) ? (samples[model] ?? null) : null
}

export function modelOfSample(sample: string): string | null {
  return Object.keys(samples).find((model) => samples[model] === sample) ?? null
}

/** Throws `file/unreadable` when the page has no such sample. */
export async function fetchSample(sample: string): Promise<File> {
  const missing = errorOf('file/unreadable', 'sampleUnreachable')
  if (!/^[a-z0-9-]+$/.test(sample)) throw missing
  const name = `${sample}.csv`
  const carried = carriedText(name)
  if (carried !== null) return new File([carried], name, { type: 'text/csv' })
  const response = await fetch(new URL(`samples/${sample}${stored.ending}`, document.baseURI)).catch(() => null)
  // A host may answer a missing file with a page.
  if (!response?.ok || response.headers.get('content-type')?.includes('html')) throw missing
  return new File([stored.read(await response.text())], name, { type: 'text/csv' })
}
