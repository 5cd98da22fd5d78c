import { attack } from './attacks/measure.ts'
import { chromiumVersion, openBenchPage } from './benchPage.ts'
import { cheapest, tryParameters } from './ckks/parameters.ts'
import type { Parameters } from './ckks/scheme.ts'
import type { Comparison } from './compare.ts'
import { timeGmp } from './gmp.ts'
import { travel } from './journeys/all.ts'
import { droppedJourneys } from './journeys/dropped.ts'
import { describeMachine, type Machine, machineLine } from './machine.ts'
import { makeMaterial } from './makeMaterial.ts'
import { inputsOf } from './material.ts'
import { compareInNode } from './nodeSide.ts'
import { type Operation, operations } from './operations.ts'
import type { Options, Part } from './options.ts'
import type { Job, Results } from './page/jobs.ts'
import { attacksSection } from './reports/attacks.ts'
import { multiplicationSection, operationsSection, perRecordSection } from './reports/comparison.ts'
import { droppedSection } from './reports/dropped.ts'
import { ckksSection, journeysSection, sizesSection } from './reports/journeys.ts'
import { isLattice, latticeSection, withoutLattice } from './reports/lattice.ts'
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
  attacks: 'milliseconds',
  'dropped: checked, scored, elapsed, serverCpu': 'milliseconds',
  'journeys: elapsed, seal, open, compute, serverCpu': 'milliseconds',
  'journeys: browserCpu': 'processor seconds by kind of process',
  uplink: 'bits per second',
  'bytes*, memory, sizes': 'bytes',
}

const full: Pace = { rounds: 9, sampleMs: 250 }
/** Parts that compare with CKKS, and so need to know at which parameters. */
const needCkks: readonly Part[] = ['ckks', 'operations', 'server', 'journeys']

const rough: Pace = { rounds: 2, sampleMs: 20 }

/** All parts that the options ask for, printed as they come, and as data. */
export async function benchmark(
  { quick, only, keySize, whole, loads }: Options,
  print: (text: string) => void,
  tell: (line: string) => void,
): Promise<Report> {
  const pace = quick ? rough : full
  const site = await openSite()
  const inChromium = <J extends Job>(job: J) => runInChromium(site.url, tell, job)
  try {
    const machine = describeMachine(await chromiumVersion())
    print(`${machineLine(machine)} · ${keySize}-bit keys${quick ? ' · quick: figures are rough' : ''}`)
    const material = await makeMaterial(keySize)
    const parts: Record<string, unknown> = {}
    const wrong: string[] = []
    const add = (name: string, data: unknown, ...sections: Section[]): void => {
      parts[name] = data
      for (const section of sections) print(printed(section))
    }

    const attempt = async (part: Part, measure: () => Promise<void>): Promise<void> => {
      if (!only.has(part)) return
      tell(part)
      // One part that fails leaves the others their figures, and the whole its failure.
      await measure().catch((thrown: unknown) => void wrong.push(`${part}: ${(thrown as Error).stack}`))
    }
    const compared = (part: Part, where: string, comparison: Comparison & { engine: string }): void => {
      wrong.push(...comparison.wrong.map((each) => `${part}: ${each}`))
      const title = `${where}, ${keySize}-bit keys`
      add(part, comparison, ...comparisonSections(title, comparison, inputsOf(material)))
    }

    await attempt('sizes', async () => {
      const sizes = await measureSizes()
      add('sizes', sizes, sizesSection(sizes))
    })
    await attempt('multiplication', async () => {
      const { timings, engine, wrong: faults } = await inChromium({ kind: 'multiply', pace })
      const gmp = await timeGmp(pace)
      wrong.push(...faults)
      add('multiplication', { timings, gmp, engine }, multiplicationSection(timings, gmp, engine))
    })
    let parameters: readonly Parameters[] = []
    if (needCkks.some((part) => only.has(part))) {
      tell('CKKS parameters')
      const tried = await tryParameters(material, quick ? 1 : 8)
      const chosen = [false, true].flatMap((masked) => cheapest(tried, material.tolerance, masked) ?? [])
      if (chosen.length < 2) wrong.push('CKKS: no parameters fit')
      parameters = chosen.map((each) => each.parameters)
      add('ckks', { tried, chosen }, ckksSection(tried, chosen, material.tolerance))
    }
    await attempt('operations', async () => {
      const all = Object.keys(operations) as Operation[]
      const job = { kind: 'compare', material, only: all, pace, ckks: parameters } as const
      compared('operations', 'In Chromium, one worker', await inChromium(job))
    })
    await attempt('server', async () => {
      const comparison = await compareInNode(material, parameters, pace, tell)
      compared('server', 'The server’s part, in Node, one thread', comparison)
    })
    await attempt('journeys', async () => {
      const { journeys, wrong: faults } = await travel(material, site, parameters, quick, tell)
      wrong.push(...faults)
      add('journeys', journeys, journeysSection(journeys))
    })
    await attempt('dropped', async () => {
      const { journeys, wrong: faults } = await droppedJourneys(material, whole, quick, tell)
      wrong.push(...faults)
      add('dropped', journeys, droppedSection(journeys))
    })
    await attempt('attacks', async () => {
      const measured = await attack({ bits: keySize, quick, chosen: loads, tell })
      for (const { load, under } of measured)
        if (under.ms.length === 0) wrong.push(`attacks: nobody was answered under ${load}`)
      add('attacks', measured, attacksSection(measured))
    })
    return { machine, units, parts, wrong }
  } finally {
    await site.close()
  }
}

function comparisonSections(title: string, comparison: Comparison & { engine: string }, inputs: number): Section[] {
  const others = withoutLattice(comparison)
  const sections = [operationsSection(title, others), perRecordSection(title, others, inputs)]
  if (comparison.participants.some(isLattice)) sections.push(latticeSection(title, comparison, inputs))
  return sections
}

/** A browser for each job: none has the memory or the heat of the one before. */
async function runInChromium<J extends Job>(
  url: string,
  tell: (line: string) => void,
  job: J,
): Promise<Results[J['kind']]> {
  const benchPage = await openBenchPage(url, tell)
  try {
    return await benchPage.run(job)
  } finally {
    await benchPage.close()
  }
}
