import { type BenchPage, openBenchPage } from './benchPage.ts'
import { cheapest, type Tried, tryParameters } from './ckks/parameters.ts'
import { timeGmp } from './gmp.ts'
import { travel } from './journeys/all.ts'
import { describeMachine, type Machine, machineLine } from './machine.ts'
import { makeMaterial } from './makeMaterial.ts'
import { inputsOf } from './material.ts'
import { compareInNode } from './nodeSide.ts'
import { type Operation, operations } from './operations.ts'
import type { Options } from './options.ts'
import {
  ckksSection,
  journeysSection,
  multiplicationSection,
  operationsSection,
  perRecordSection,
  sizesSection,
} from './report.ts'
import { openSite } from './site.ts'
import { measureSizes } from './sizes.ts'
import { printed, type Section } from './table.ts'
import type { Pace } from './timing.ts'

/** Everything that was measured. Times of operations in microseconds per item, of preparations and journeys in ms. */
export interface Report {
  readonly machine: Machine
  readonly units: Readonly<Record<string, string>>
  readonly parts: Readonly<Record<string, unknown>>
  /** What was not right: empty, or the figures are worth nothing. */
  readonly wrong: readonly string[]
}

const units = {
  timings: 'microseconds per item: median, least, most over the rounds',
  preparations: 'milliseconds',
  'journeys: elapsed, seal, open, compute, serverCpu': 'milliseconds',
  'journeys: browserCpu': 'processor seconds by kind of process',
  uplink: 'bits per second',
  'bytes*, memory, sizes': 'bytes',
}

const full: Pace = { rounds: 9, sampleMs: 250 }
const rough: Pace = { rounds: 2, sampleMs: 20 }

/** All parts that the options ask for, printed as they come, and as data. */
export async function benchmark(
  { quick, only, keySize }: Options,
  print: (text: string) => void,
  tell: (line: string) => void,
): Promise<Report> {
  const pace = quick ? rough : full
  const site = await openSite()
  let benchPage: BenchPage | null = null
  try {
    benchPage = await openBenchPage(site.url, tell)
    const machine = describeMachine(benchPage.browser.version())
    print(`${machineLine(machine)} · ${keySize}-bit keys${quick ? ' · quick: figures are rough' : ''}`)
    const material = await makeMaterial(keySize)
    const parts: Record<string, unknown> = {}
    const wrong: string[] = []
    const add = (name: string, data: unknown, ...sections: Section[]): void => {
      parts[name] = data
      for (const section of sections) print(printed(section))
    }

    if (only.has('sizes')) {
      const sizes = await measureSizes()
      add('sizes', sizes, sizesSection(sizes))
    }
    if (only.has('multiplication')) {
      tell('multiplication')
      const { timings, engine, wrong: faults } = await benchPage.run({ kind: 'multiply', pace })
      const gmp = await timeGmp(pace)
      wrong.push(...faults)
      add('multiplication', { timings, gmp, engine }, multiplicationSection(timings, gmp, engine))
    }
    let chosen: Tried | null = null
    if (['ckks', 'operations', 'server', 'journeys'].some((part) => only.has(part as 'ckks'))) {
      tell('CKKS parameters')
      const blocks = quick ? 1 : 8
      const tried = await tryParameters(material, blocks)
      chosen = cheapest(tried, material.tolerance)
      if (chosen === null) wrong.push('CKKS: no parameters fit')
      add('ckks', { tried, chosen }, ckksSection(tried, chosen, material.tolerance))
    }
    const parameters = chosen?.parameters ?? null
    if (only.has('operations')) {
      const all = Object.keys(operations) as Operation[]
      const compared = await benchPage.run({ kind: 'compare', material, only: all, pace, ckks: parameters })
      wrong.push(...compared.wrong.map((each) => `Chromium, ${each}`))
      const title = `In Chromium, one worker, ${keySize}-bit keys`
      const sections = [operationsSection(title, compared), perRecordSection(title, compared, inputsOf(material))]
      add('operations', compared, ...sections)
    }
    await benchPage.close()
    benchPage = null
    if (only.has('server')) {
      const compared = await compareInNode(material, parameters, pace, tell)
      wrong.push(...compared.wrong.map((each) => `Node, ${each}`))
      const title = `The server’s part, in Node, one thread, ${keySize}-bit keys`
      const sections = [operationsSection(title, compared), perRecordSection(title, compared, inputsOf(material))]
      add('server', compared, ...sections)
    }
    if (only.has('journeys')) {
      const { journeys, wrong: faults } = await travel(material, site, parameters, quick, tell)
      wrong.push(...faults)
      add('journeys', journeys, journeysSection(journeys))
    }
    return { machine, units, parts, wrong }
  } finally {
    await benchPage?.close()
    await site.close()
  }
}
