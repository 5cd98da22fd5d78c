import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Key } from '../../client/owner/key.ts'
import { makeEncoder } from '../../core/card/encode.ts'
import { fromHex } from '../../core/number/bytes.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { cellsFor, shipped } from '../../core/test/shipped.ts'
import { type RecordsBlock, verifyRecordsFile } from '../../files/recordsFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { readSecret } from '../../server/secret.ts'

/** The exchange by files, as the two sides type it: ABC seals and opens, XYZ scores and has nothing but the file. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const command = join(root, 'dist/cli/blindscore.js')
const passphrase = 'correct horse battery staple'
const slow = process.env.SLOW === '1'
const records = slow ? 200_000 : 2000
const { model, file, rows } = shipped('salary')

let folder = ''
const at = (name: string): string => join(folder, name)

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly said: string
}

/** Runs a command; `until` looks now and then whether it should be killed. */
function run(args: readonly string[], input = '', until: () => boolean = () => false): Promise<Ended> {
  const env = { ...process.env, BLINDSCORE_PASSPHRASE: passphrase, XDG_STATE_HOME: at('state') }
  const child = spawn(process.execPath, [command, ...args], { env })
  const texts = { out: '', said: '' }
  child.stdout.on('data', (bytes) => {
    texts.out += bytes
  })
  child.stderr.on('data', (bytes) => {
    texts.said += bytes
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const watch = setInterval(() => until() && child.kill('SIGKILL'), 5)
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearInterval(watch)
      resolve({ code, ...texts })
    }),
  )
}

/** People with names that no file of the vendor's may show, and every third one of whom comes twice. */
const people = Array.from({ length: records }, (_, i) => {
  const row = rows[i % rows.length] as (typeof rows)[number]
  const person = Math.floor((2 * i) / 3)
  const name = i % 3 === 0 ? ` Zoë  PLANTED${person}` : `zoë planted${person}`
  return { row, name, address: `${person} Secret Lane` }
})
const features = model.card.features.map(({ name }) => name)
const csv = [
  ['Name', 'Address', ...features].join(','),
  ...people.map(({ row, name, address }) => [name, address, ...features.map((feature) => row[feature])].join(',')),
  'Nobody,Nowhere,not a number,1,1,1',
].join('\n')

const expected = people.map(({ row }) => {
  const integers = new Float64Array(model.card.inputs.length)
  makeEncoder(model.card).encode(cellsFor(model, row), integers, 1, 0)
  return plainPredictors(model, integers)[0] as number
})

const identity = ['--identity', 'Name', '--identity', 'Address']
const sealing = () => ['seal', '--model', at('card.json'), '--key', at('key.json'), '--threads', '2']
const scoring = (input: string, output: string) => [
  'score-file',
  '--in',
  at(input),
  '--out',
  at(output),
  '--threads',
  '2',
]

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'sealed-'))
  for (const name of ['key', 'other']) {
    const key = await Key.generate('paillier-2048')
    writeFileSync(at(`${name}.json`), await key.backup(passphrase))
  }
  const secret = await readSecret(undefined, { XDG_STATE_HOME: at('state') })
  const { card } = await reviewModel(file, sha256, secret.openingOf)
  writeFileSync(at('card.json'), JSON.stringify(card))
  const sealed = await run(
    [...sealing(), ...identity, '--link', 'Name', '--link-name', 'xyz', '--out', at('a.blind')],
    csv,
  )
  expect([sealed.code, sealed.said]).toEqual([0, expect.stringContaining(`${records} records sealed`)])
  const scored = await run(scoring('a.blind', 'a.scored'))
  expect([scored.code, scored.said]).toEqual([0, expect.stringContaining(`${records} records scored`)])
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** The scores of a file, opened, as lines. */
async function opened(name: string): Promise<string[]> {
  const { code, out, said } = await run(['open', '--key', at('key.json'), '--quiet'], readFileSync(at(name)) as never)
  expect([code, said]).toEqual([0, ''])
  return out.trim().split('\r\n')
}

function expectScores([header, ...lines]: readonly string[], names: boolean): void {
  expect(header).toBe(
    names ? 'record,Name,Address,scored_by,linear_predictor,score' : 'record,scored_by,linear_predictor,score',
  )
  expect(lines).toHaveLength(records)
  for (const [i, line] of lines.entries()) {
    const cells = line.split(',')
    const { name, address } = people[i] as (typeof people)[number]
    if (names) expect(cells.slice(0, 3)).toEqual([String(i + 1), name.trim() === name ? name : `"${name}"`, address])
    expect(Math.abs(Number(cells.at(-1)) - (expected[i] as number))).toBeLessThan(1e-6)
  }
}

describe('an exchange by files', () => {
  test('gives each record its score, with the columns that were sealed beside it', async () => {
    expectScores(await opened('a.scored'), true)
  })

  test('tells either side how many records there are, of which model, key and sender, and nothing of what they hold', async () => {
    for (const [name, holds] of [
      ['a.blind', 'records'],
      ['a.scored', 'scores'],
    ] as const) {
      const { code, out } = await run(['inspect', at(name), '--json'])
      const told = JSON.parse(out)
      expect([code, told.holds, told.records]).toEqual([0, holds, records])
      expect([told.sealedColumns, told.linkTokens, told.columns]).toEqual([['Name', 'Address'], true, features])
      expect(told.bytes).toBe(statSync(at(name)).size)
      expect(told.key).toBe(JSON.parse(readFileSync(at('key.json'), 'utf8')).fingerprint)
    }
  })

  test('shows the vendor nothing of a name, an address or a cell, in any spelling of bytes', () => {
    for (const name of ['a.blind', 'a.scored']) {
      const bytes = readFileSync(at(name))
      for (const plain of ['PLANTED', 'planted', 'Secret Lane']) {
        const spellings = [
          Buffer.from(plain),
          Buffer.from(plain, 'utf16le'),
          Buffer.from(Buffer.from(plain).toString('hex')),
        ]
        const base64 = Buffer.from(Buffer.from(plain).toString('base64').replace(/=+$/, '').slice(0, -1))
        for (const spelling of [...spellings, base64]) expect(bytes.includes(spelling)).toBe(false)
      }
    }
  })

  test('has one token for the records of one person, however the name is written, and others for another vendor', async () => {
    const tokensOf = async (name: string): Promise<string[]> => {
      const blocks: RecordsBlock[] = []
      await verifyRecordsFile(
        (async function* () {
          yield readFileSync(at(name))
        })(),
        (block) => blocks.push(block),
      )
      return blocks.flatMap(({ extras }) => extras.map(({ token }) => Buffer.from(token ?? []).toString('hex')))
    }
    const few = csv.split('\n').slice(0, 31).join('\n')
    for (const name of ['xyz', 'other']) {
      const args = [...sealing(), '--link', 'Name', '--link-name', name, '--out', at(`${name}.blind`)]
      expect((await run(args, few)).code).toBe(0)
    }
    const [all, same, other] = [await tokensOf('a.blind'), await tokensOf('xyz.blind'), await tokensOf('other.blind')]
    expect(same).toEqual(all.slice(0, 30))
    expect(new Set(same).size).toBe(20)
    expect(new Set(other).size).toBe(20)
    expect(other.filter((token) => all.includes(token))).toEqual([])
  })

  test('holds at most 2 % more than the chunks of a live run', async () => {
    expect((await run([...sealing(), '--out', at('plain.blind')], csv)).code).toBe(0)
    const chunks: number[] = []
    const { header } = await verifyRecordsFile(
      (async function* () {
        yield readFileSync(at('plain.blind'))
      })(),
      ({ chunk }) => chunks.push(chunk.ciphertexts.length + 109),
    )
    // Before its chunks, a live run sends the key and its proof in base64 and gets the card.
    const live =
      chunks.reduce((sum, bytes) => sum + bytes, 0) + (header.key.bytes.length + header.key.proof.length) * (4 / 3)
    const card = statSync(at('card.json')).size
    expect(statSync(at('plain.blind')).size).toBeLessThan(1.02 * (live + card))
    expectScores(await openedOf('plain'), false)
  })

  async function openedOf(name: string): Promise<string[]> {
    expect((await run(scoring(`${name}.blind`, `${name}.scored`))).code).toBe(0)
    return opened(`${name}.scored`)
  }

  test('is the same under the lattice scheme, with the same backup', async () => {
    const args = [...sealing(), ...identity, '--scheme', 'lattice', '--out', at('lattice.blind')]
    expect((await run(args, csv)).code).toBe(0)
    expectScores(await openedOf('lattice'), true)
    const wrong = await run(['open', '--key', at('other.json')], readFileSync(at('lattice.scored')) as never)
    expect([wrong.code, wrong.out, wrong.said]).toEqual([1, '', expect.stringContaining('(sealed/key)')])
  })
})

describe('a file that is not the one', () => {
  test('is refused by name: another key, another sender, another vendor, another card', async () => {
    const scored = readFileSync(at('a.scored')) as never
    const key = await run(['open', '--key', at('other.json')], scored)
    expect([key.code, key.out, key.said]).toEqual([1, '', expect.stringContaining('(sealed/key)')])
    const vendor = await run(['open', '--key', at('key.json'), '--vendor', '0123456789abcdef'], scored)
    expect([vendor.code, vendor.out, vendor.said]).toEqual([1, '', expect.stringContaining('(sealed/foreign)')])
    const sender = await run([...scoring('a.blind', 'x.scored'), '--sender', '0123456789abcdef'])
    expect([sender.code, sender.said]).toEqual([1, expect.stringContaining('(sealed/foreign)')])
    writeFileSync(at('secret'), `${'ab'.repeat(32)}\n`)
    const card = await run([...scoring('a.blind', 'x.scored'), '--secret-file', at('secret')])
    expect([card.code, card.said]).toEqual([1, expect.stringContaining('(model/changed)')])
    expect(existsSync(at('x.scored')) || existsSync(at('x.scored.part'))).toBe(false)
  })

  test('and one that is damaged is refused with the place, by whoever reads it, and nothing of it is used', async () => {
    const whole = readFileSync(at('a.blind'))
    const altered = Buffer.from(whole)
    const middle = whole.length - 5000
    altered[middle] = (altered[middle] as number) ^ 1
    writeFileSync(at('bad.blind'), altered)
    const scored = await run(scoring('bad.blind', 'bad.scored'))
    expect([scored.code, scored.said]).toEqual([
      1,
      expect.stringMatching(/block \d+, at byte \d+.*\(sealed\/damaged\)/),
    ])
    expect(existsSync(at('bad.scored')) || existsSync(at('bad.scored.part'))).toBe(false)
    const cut = readFileSync(at('a.scored')).subarray(0, -10)
    const open = await run(['open', '--key', at('key.json')], cut as never)
    expect([open.code, open.out, open.said]).toEqual([1, '', expect.stringContaining('(sealed/damaged)')])
  })
})

/** How many signed frames a file begins with, and where they end (`files/README.md`). */
function wholeFrames(file: Buffer): { readonly count: number; readonly bytes: number } {
  let [count, bytes] = [0, 8]
  while (bytes + 5 <= file.length) {
    const end = bytes + 5 + file.readUInt32BE(bytes + 1) + 64
    if (end > file.length) break
    bytes = end
    count += 1
  }
  return { count, bytes }
}

describe('killed at any point', () => {
  test('sealing goes on where it was, and only with the same records', async () => {
    const args = [...sealing(), ...identity, '--out', at('k.blind')]
    const begun = () => existsSync(at('k.blind.part')) && wholeFrames(readFileSync(at('k.blind.part'))).count >= 3
    const killed = await run(args, csv, begun)
    if (killed.code !== 0) {
      expect(existsSync(at('k.blind'))).toBe(false)
      // What was being written when it was killed may end anywhere.
      const part = readFileSync(at('k.blind.part'))
      const before = part.subarray(0, wholeFrames(part).bytes)
      const again = await run(args, csv)
      expect(again.code).toBe(0)
      expect(readFileSync(at('k.blind')).subarray(0, before.length).equals(before)).toBe(true)
    }
    const lines = csv.split('\n')
    renameSync(at('k.blind'), at('k.blind.part'))
    const other = await run(args, [...lines.slice(0, 500), ...lines.slice(700)].join('\n'))
    expect([other.code, other.said]).toEqual([0, expect.not.stringContaining('going on')])
    renameSync(at('k.blind'), at('other.blind'))
  })

  test.each([3, 5000, -9000, -100])('scoring goes on after its whole blocks: cut at %s', async (cut) => {
    const whole = readFileSync(at('a.scored'))
    const tail = fromHex('00112233445566778899')
    writeFileSync(at('r.scored.part'), Buffer.concat([whole.subarray(0, cut), tail]))
    rmSync(at('r.scored'), { force: true })
    const { code, said } = await run(scoring('a.blind', 'r.scored'))
    expect([code, said.includes('going on')]).toEqual([0, cut < 0])
    // What stood there stays as it was, its masks with it.
    const same = readFileSync(at('r.scored')).subarray(0, 20_000).equals(whole.subarray(0, 20_000))
    expect(same).toBe(cut < 0)
    expectScores(await opened('r.scored'), true)
  })

  test('scoring leaves either nothing under the file’s name or all of it', async () => {
    const partly = await run(scoring('a.blind', 'q.scored'), '', () => existsSync(at('q.scored.part')))
    if (partly.code !== 0) expect(existsSync(at('q.scored'))).toBe(false)
    expect((await run(scoring('a.blind', 'q.scored'))).code).toBe(0)
    expectScores(await opened('q.scored'), true)
  })
})
