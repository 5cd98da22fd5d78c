import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { readModel } from '../read.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const fixture = (name: string): Uint8Array => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const pmml = fixture('pmml/cars-linear.pmml')
const json = readFileSync(new URL('../../server/models/salary.json', import.meta.url))

function refusal(name: string, content: Uint8Array, ranges?: Uint8Array): { code: string; message: string } {
  try {
    readModel(name, content, ranges)
  } catch (thrown) {
    return { code: (thrown as { code: string }).code, message: sentenceOf(thrown) }
  }
  throw new Error('it was taken')
}

describe('a model file is read by what is in it', () => {
  test.each([
    ['JSON', 'm.json', json, 'Blindscore JSON', 'salary'],
    ['JSON whatever its name', 'm.onnx', json, 'Blindscore JSON', 'salary'],
    ['JSON after a mark and blanks', 'm', Buffer.concat([Buffer.from('\uFEFF \n'), json]), 'Blindscore JSON', 'salary'],
    ['PMML', 'Motor Trend (1974).pmml', pmml, 'PMML', 'motor-trend-1974'],
    [
      'PMML in UTF-16',
      'm.xml',
      Buffer.from(`\uFEFF${pmml.toString().replace(/ encoding="[^"]*"/, '')}`, 'utf16le'),
      'PMML',
      'm',
    ],
    ['ONNX', 'm.onnx', fixture('onnx/linear.onnx'), 'ONNX', 'm'],
  ])('%s', (_, name, content, format, id) => {
    const read = readModel(name, content)
    expect([read.format, read.file.id]).toEqual([format, id])
  })

  test('in the encoding that an XML declaration names', () => {
    const latin = pmml
      .toString()
      .replace(/<\?xml[^>]*\?>/, '')
      .replace(/modelName="[^"]*"/, 'modelName="Schätzung"')
    const read = readModel('m.pmml', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${latin}`, 'latin1'))
    expect(read.file.title).toBe('Schätzung')
  })
})

/** The JSON model with other members. */
const changed = (members: object): Uint8Array =>
  bytes(JSON.stringify({ ...(JSON.parse(new TextDecoder().decode(json)) as object), ...members }))

describe('a file that is no model is refused', () => {
  test.each([
    ['empty', new Uint8Array(), 'model/syntax', /empty/],
    ['a pickle', Uint8Array.of(0x80, 4, 0x95), 'model/unsupported', /pickle/],
    ['an archive', Uint8Array.of(0x50, 0x4b, 3, 4), 'model/unsupported', /ZIP/],
    ['an .rds', Uint8Array.of(0x1f, 0x8b, 8), 'model/unsupported', /gzip/],
    ['an HDF5 file', Uint8Array.of(0x89, 0x48, 0x44, 0x46), 'model/unsupported', /HDF5/],
    ['JSON cut off', json.subarray(0, 400), 'model/syntax', /JSON/],
    ['JSON with a fault on line 3', bytes('{\n"format": 1,\nx}'), 'model/syntax', /line 3/],
    ['NaN on line 2', bytes('{"a": "NaN",\n"b": NaN}'), 'model/syntax', /line 2/],
    ['JSON without its end', bytes('{"a":\n\n'), 'model/syntax', /line 3/],
    ['a list', bytes('[]'), 'model/invalid', /the file: object expected/],
    ['a text', bytes('age,income\n1,2\n'), 'model/syntax', /neither JSON \(Blindscore\) nor XML/],
    ['a member that is not there', changed({ weights: [] }), 'model/invalid', /there is no member "weights"/],
    ['a link that is none', changed({ link: 'logistic' }), 'model/invalid', /at link: one of identity, logit/],
    [
      'a feature of no kind',
      changed({ features: [{ name: 'age', type: 'real' }] }),
      'model/invalid',
      /at features\.0\.type \("age"\): of no kind that is known/,
    ],
    [
      'half a range',
      changed({ features: [{ name: 'age', type: 'number', range: [1] }] }),
      'model/invalid',
      /at features\.0\.range.* \("age"\): /,
    ],
    ['no heads', changed({ heads: [] }), 'model/invalid', /at heads: at least 1 members/],
    ['XML cut off', pmml.subarray(0, 400), 'model/syntax', /Line/],
    ['XML with an entity', bytes('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), 'model/syntax', /DOCTYPE/],
    ['another XML', bytes('<html/>'), 'model/invalid', /PMML/],
    ['text that is no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'model/syntax', /utf-8/],
    ['an encoding that is none', bytes('<?xml version="1.0" encoding="ebcdic-x"?><PMML/>'), 'model/syntax', /ebcdic-x/],
    ['protobuf that is no ONNX', Uint8Array.of(0x0a, 0xff, 0xff, 0xff), 'model/syntax', /./],
    ['protobuf that breaks off', Uint8Array.of(0x08, 0xff), 'model/syntax', /not an ONNX file.*breaks off/],
    ['lists without end', bytes('['.repeat(100_000)), 'model/syntax', /./],
    ['lists with an end', bytes(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'model/invalid', /nesting/],
  ])('%s', (_, content, code, words) => {
    const refused = refusal('m.bin', content)
    expect(refused.code).toBe(code)
    expect(refused.message).toMatch(words)
  })
})

describe('ranges beside a model', () => {
  const feature = readModel('m.pmml', pmml).file.features[0]
  test('stand in its features', () => {
    const read = readModel(
      'm.pmml',
      pmml,
      bytes(JSON.stringify({ [feature?.name ?? '']: { range: [0, 9], unit: 'm' } })),
    )
    expect(read.file.features[0]).toMatchObject({ range: [0, 9], unit: 'm' })
  })

  test.each([
    ['no JSON', '{', 'model/syntax', /not valid JSON/],
    ['a stranger', '{"nobody":{"range":[0,1]}}', 'model/invalid', /names "nobody"/],
    ['a member too many', '{"nobody":{"weight":1}}', 'model/invalid', /at nobody: there is no member "weight"/],
    ['half a range', '{"nobody":{"range":[0]}}', 'model/invalid', /at nobody\.range/],
  ])('with %s are refused', (_, text, code, words) => {
    const refused = refusal('m.pmml', pmml, bytes(text))
    expect(refused.code).toBe(code)
    expect(refused.message).toContain('ranges file')
    expect(refused.message).toMatch(words)
  })
})
