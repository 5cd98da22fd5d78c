import { availableParallelism } from 'node:os'
import { openBenchPage } from '../benchPage.ts'
import { centredModelOf } from '../ckks/records.ts'
import type { Parameters } from '../ckks/scheme.ts'
import type { Material } from '../material.ts'
import type { WholeJourney } from '../options.ts'
import { ckksName } from '../participants/ckks.ts'
import type { Site } from '../site.ts'
import { type CpuSeconds, cpuSeconds, spent } from './cpu.ts'
import { type RecordsFile, writeRecords } from './csv.ts'
import { productJourney } from './product.ts'
import { spawnServer } from './server.ts'
import { heldBack, throttle } from './throttle.ts'

/** One whole journey, from the click to the scores. Times in milliseconds. */
export interface Journey {
  readonly scheme: string
  readonly records: number
  /** Bits per second; null for none. */
  readonly uplink: number | null
  readonly look: number
  readonly elapsed: number
  readonly seal: number
  readonly open: number
  /** What the server's threads computed; null where it does not count it. */
  readonly compute: number | null
  /** Processor time of the server's process; null where it shares one with the benchmark. */
  readonly serverCpu: number | null
  readonly browserCpu: CpuSeconds
  readonly bytesUp: number
  readonly bytesDown: number
  /** Ciphertexts sealed with a residue that was there before. */
  readonly precomputed: number | null
  readonly ciphertexts: number | null
  /** Largest error of a linear predictor over all records. */
  readonly error: number
}

const megabit = 1e6

interface Wanted {
  readonly records: number
  readonly uplink: number | null
  readonly look: number
}

function wanted(quick: boolean, sample: number): Wanted[] {
  if (quick) return [{ records: sample, uplink: null, look: 0 }]
  return [
    { records: sample, uplink: null, look: 0 },
    { records: sample, uplink: null, look: 10 },
    { records: 10_000, uplink: null, look: 0 },
    { records: 10_000, uplink: 20 * megabit, look: 0 },
    { records: 100_000, uplink: null, look: 0 },
    { records: 100_000, uplink: 20 * megabit, look: 0 },
    { records: 100_000, uplink: 20 * megabit, look: 30 },
  ]
}

/** All journeys, one after the other, each with the product and, where nobody looks first, under its other scheme and with CKKS. */
export async function travel(
  material: Material,
  site: Site,
  allParameters: readonly Parameters[],
  quick: boolean,
  tell: (line: string) => void,
): Promise<{ journeys: Journey[]; wrong: string[] }> {
  const journeys: Journey[] = []
  const wrong: string[] = []
  const sample = material.integers.length / material.weights.length
  for (const each of wanted(quick, sample)) {
    const name = `${each.records.toLocaleString('en-US')} records${each.uplink ? ` at ${each.uplink / megabit} Mbit/s` : ''}`
    const file = await writeRecords(each.records)
    try {
      for (const scheme of each.look === 0 ? (['paillier', 'lattice'] as const) : (['paillier'] as const)) {
        tell(`journey of ${name}, ${scheme}`)
        journeys.push(await withProduct(material, file, scheme, each))
      }
      for (const parameters of each.look === 0 ? allParameters : []) {
        tell(`journey of ${name}, ${ckksName(parameters)}`)
        journeys.push(await withCkks(material, site, parameters, each))
      }
    } finally {
      await file.remove()
    }
  }
  for (const { scheme, records, error, bytesUp, elapsed, uplink } of journeys) {
    const name = `${scheme}, ${records} records`
    if (!(error <= material.tolerance)) wrong.push(`${name}: an error of ${error.toExponential(1)}`)
    if (!heldBack(bytesUp, elapsed, uplink)) wrong.push(`${name}: the uplink was not held back`)
  }
  return { journeys, wrong }
}

async function withProduct(
  material: Material,
  file: RecordsFile,
  scheme: WholeJourney['scheme'],
  { records, uplink, look }: Wanted,
): Promise<Journey> {
  const server = await spawnServer()
  try {
    const { figures, serverCompute, ...rest } = await productJourney(file, {
      scheme,
      server,
      material,
      uplink,
      look,
    })
    const { elapsed, work, bytesUp, bytesDown, precomputed, ciphertexts } = figures
    const { open } = work
    // Residues made during the run, for chunks to come, are sealing as well.
    const seal = work.seal + work.ahead
    const counts = { bytesUp, bytesDown, precomputed, ciphertexts }
    return {
      scheme: `product, ${scheme}`,
      records,
      uplink,
      look,
      elapsed,
      seal,
      open,
      compute: serverCompute,
      ...counts,
      ...rest,
    }
  } finally {
    await server.close()
  }
}

async function withCkks(material: Material, site: Site, parameters: Parameters, wish: Wanted): Promise<Journey> {
  const { records, uplink, look } = wish
  const workers = availableParallelism()
  await site.prepareCkks(centredModelOf(material), parameters, workers)
  const { browser, page, run, close } = await openBenchPage(site.url, () => {})
  try {
    await throttle(page, uplink)
    const before = await cpuSeconds(browser)
    const { work, ...journey } = await run({ kind: 'ckks', material, parameters, records, workers })
    const browserCpu = spent(before, await cpuSeconds(browser))
    const unknown = { serverCpu: null, precomputed: null, ciphertexts: null }
    return {
      scheme: ckksName(parameters),
      uplink,
      look,
      ...work,
      ...journey,
      ...unknown,
      compute: site.computed(),
      browserCpu,
    }
  } finally {
    await close()
  }
}
