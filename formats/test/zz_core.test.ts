import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeEncoder } from '../../core/encode.ts'
import { compileModel } from '../../core/headroom.ts'
import { respond, responseNames } from '../../core/link.ts'
import { parseModelFile } from '../../core/model.ts'
import { readPmml } from '../pmml/read.ts'
const folder = new URL('./fixtures/pmml/', import.meta.url)
const names = readdirSync(folder).filter((f) => f.endsWith('.csv')).map((f) => f.slice(0, -4))
test.each(names)('%s', (name) => {
  const { model } = readPmml(readFileSync(new URL(`${name}.pmml`, folder), 'utf8'))
  const m: any = JSON.parse(JSON.stringify(model))
  delete m.reasons
  for (const h of m.heads) delete h.role
  if (m.link.negativeBinomial) m.link = { negbin: m.link.negativeBinomial }
  if (m.link.survival) { m.link = { survival: m.link.survival.baseline } }
  if (m.heads.length > 1 && m.link === 'identity') { m.heads = [m.heads[0]] }
  const file = parseModelFile(JSON.stringify(m))
  const { card, heads } = compileModel(file)
  const enc = makeEncoder(card)
  const [header = [], ...rows] = readFileSync(new URL(`${name}.csv`, folder), 'utf8').trim().split('\n').map((l) => l.split(','))
  const expected = header.filter((c) => c.startsWith('expected.'))
  let worst = 0
  for (const row of rows) {
    const cells = Object.fromEntries(header.map((c, i) => [c, row[i] ?? '']))
    const out = new Float64Array(card.inputs.length)
    const problems = enc.encode(card.features.map((f: any) => cells[f.name] as string), out, 1, 0)
    if (problems.length) throw new Error(JSON.stringify(problems))
    const etas = heads.map((h) => Number(h.constant + [...h.weights].reduce((s, w, j) => s + BigInt(w) * BigInt(out[j]!), 0n)) / 2 ** card.scaleBits)
    const r = respond(card.link as any, etas)
    const given = model.responses ?? ['score']
    for (const c of expected) {
      const resp = c.slice(9)
      const v = r[resp === 'score' ? 0 : given.indexOf(resp)]!
      worst = Math.max(worst, Math.abs(v - Number(cells[c])) / Math.max(1, Math.abs(Number(cells[c]))))
    }
  }
  console.log('OUT', name, 'T', card.slotBits, 'inputs', card.inputs.length, 'bound', card.errorBound.toExponential(1), 'worst', worst.toExponential(1))
  expect(worst).toBeLessThan(1e-5)
})
