import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { readPmml } from '../pmml/read.ts'
import { xmlLimits } from '../pmml/xml.ts'
import { predict } from './evaluate.ts'

/** Files that are broken, hostile, or ask for what cannot be scored: each is refused with its element and line. */

function refusal(file: string): { code: string; message: string; line: number | undefined } {
  try {
    readPmml(file)
  } catch (error) {
    if (!(error instanceof BlindscoreError)) throw error
    return { code: error.code, message: sentenceOf(error), line: error.place.line }
  }
  throw new Error('the file was read')
}

const lines = [
  '<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4">',
  '<Header/>',
  '<DataDictionary>',
  '<DataField name="x" optype="continuous" dataType="double"/>',
  '<DataField name="g" optype="categorical" dataType="string"><Value value="a"/></DataField>',
  '<DataField name="y" optype="continuous" dataType="double"/>',
  '</DataDictionary>',
  '<TransformationDictionary/>',
  '<RegressionModel functionName="regression">',
  '<MiningSchema><MiningField name="x"/><MiningField name="g"/><MiningField name="y" usageType="target"/></MiningSchema>',
  '<RegressionTable intercept="1">',
  '<NumericPredictor name="x" coefficient="2"/>',
  '</RegressionTable>',
  '</RegressionModel>',
  '</PMML>',
]

/** The plain file with one line (counted from 1) replaced. */
function with_(line: number, text: string): string {
  return lines.map((old, i) => (i === line - 1 ? text : old)).join('\n')
}

test('the plain file is read', () => {
  const { model } = readPmml(lines.join('\n'))
  expect(predict(model, { x: '3' }).responses).toEqual([7])
})

describe('what is not XML', () => {
  test.each([
    ['an empty file', '', 1, 'document must contain a root element'],
    ['a cut file', lines.slice(0, 12).join('\n'), 12, 'unclosed tag: RegressionTable'],
    ['a wrong end', with_(13, '</Table>'), 13, 'unexpected close tag'],
    [
      'an attribute twice',
      with_(12, '<NumericPredictor name="x" name="x" coefficient="2"/>'),
      12,
      'duplicate attribute',
    ],
    ['an unknown prefix', with_(12, '<p:NumericPredictor/>'), 12, 'unbound namespace prefix'],
    ['an unknown entity', with_(2, '<Header description="&lol;"/>'), 2, 'undefined entity'],
    [
      'a document type',
      `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>\n${lines.join('\n')}`,
      1,
      'DOCTYPE',
    ],
    ['an external entity', `<!DOCTYPE r SYSTEM "file:///etc/passwd">\n${lines.join('\n')}`, 1, 'DOCTYPE'],
    ['deep nesting', `${'<a>\n'.repeat(100)}`, xmlLimits.depth + 1, 'nested deeper than 64 levels'],
    ['too many attributes', `<PMML ${Array.from({ length: 100 }, (_, i) => `a${i}="1"`).join(' ')}/>`, 1, 'attributes'],
    ['a giant attribute', `<PMML version="${'4'.repeat(30_000)}"/>`, 1, 'longer than 20000 characters'],
    ['a long element name', `<${'p'.repeat(300)}/>`, 1, 'name is too long'],
    ['a NUL', with_(2, '<Header description="\0"/>'), 2, 'disallowed character'],
  ])('%s', (_, file, line, says) => {
    const { code, message, line: at } = refusal(file)
    expect(code).toBe('model/syntax')
    expect(message).toContain(says)
    expect(message).toContain(`Line ${line}: `)
    expect(at).toBe(line)
  })

  test('too many elements', () => {
    const file = `<PMML>${'<a/>'.repeat(xmlLimits.elements)}</PMML>`
    expect(refusal(file)).toMatchObject({ code: 'model/syntax', message: expect.stringContaining('400000 elements') })
  })

  test('a giant file, a giant text', () => {
    expect(refusal(' '.repeat(xmlLimits.characters + 1)).message).toContain('32000000 characters')
    expect(refusal(`<PMML>${'x'.repeat(xmlLimits.textCharacters + 1)}</PMML>`).message).toContain(
      '<PMML> is longer than',
    )
  })
})

describe('what is not PMML', () => {
  const table = (inside: string): string => with_(12, inside)
  const field = (inside: string): string => with_(4, inside)
  const mining = (attributes: string): string =>
    with_(10, `<MiningSchema><MiningField name="x" ${attributes}/></MiningSchema>`)
  test.each([
    ['another root', '<html/>', 1, 'html', 'the root element of a PMML file is <PMML>'],
    ['no model', '<PMML version="4.4"/>', 1, 'PMML', 'no model that is known'],
    ['no coefficient', table('<NumericPredictor name="x"/>'), 12, 'NumericPredictor', '"coefficient" is missing'],
    [
      'a coefficient that is no number',
      table('<NumericPredictor name="x" coefficient="NaN"/>'),
      12,
      'NumericPredictor',
      '"coefficient" is not a finite decimal number',
    ],
    [
      'an infinite coefficient',
      table('<NumericPredictor name="x" coefficient="1e999"/>'),
      12,
      'NumericPredictor',
      'not a finite decimal',
    ],
    [
      'a hexadecimal coefficient',
      table('<NumericPredictor name="x" coefficient="0x10"/>'),
      12,
      'NumericPredictor',
      'not a finite decimal',
    ],
    [
      'an empty coefficient',
      table('<NumericPredictor name="x" coefficient=""/>'),
      12,
      'NumericPredictor',
      'not a finite decimal',
    ],
    [
      'a coefficient of 10,000 digits',
      table(`<NumericPredictor name="x" coefficient="${'9'.repeat(10_000)}"/>`),
      12,
      'NumericPredictor',
      'not a finite decimal',
    ],
    [
      'an exponent that is no integer',
      table('<NumericPredictor name="x" coefficient="1" exponent="1.5"/>'),
      12,
      'NumericPredictor',
      'not an integer',
    ],
    [
      'an unknown field',
      table('<NumericPredictor name="q" coefficient="1"/>'),
      12,
      'NumericPredictor',
      '"q" is not described anywhere',
    ],
    [
      'the target as an input',
      table('<NumericPredictor name="y" coefficient="1"/>'),
      12,
      'NumericPredictor',
      'is what the model predicts',
    ],
    [
      'a category as a number',
      table('<NumericPredictor name="g" coefficient="1"/>'),
      12,
      'NumericPredictor',
      'is a category',
    ],
    ['a stray element', table('<Surprise/>'), 12, 'Surprise', 'has no place in a RegressionTable'],
    [
      'a field of the dictionary outside the schema',
      with_(10, '<MiningSchema><MiningField name="g"/></MiningSchema>'),
      12,
      'NumericPredictor',
      'is not in the MiningSchema',
    ],
    [
      'a field that stands twice',
      field('<DataField name="g" optype="continuous" dataType="double"/>'),
      5,
      'DataField',
      'stands twice',
    ],
    [
      'a field called __proto__',
      field('<DataField name="__proto__" optype="continuous" dataType="double"/>'),
      4,
      'DataField',
      '__proto__',
    ],
    [
      'a wrong optype',
      field('<DataField name="x" optype="round" dataType="double"/>'),
      4,
      'DataField',
      'one of continuous, categorical, ordinal',
    ],
    [
      'a range from high to low',
      field(
        '<DataField name="x" optype="continuous" dataType="double">\n<Interval closure="closedClosed" leftMargin="9" rightMargin="1"/></DataField>',
      ),
      5,
      'Interval',
      'ends below its start',
    ],
    ['outliers without an end', mining('outliers="asExtremeValues"'), 10, 'MiningField', 'lowValue or a highValue'],
    [
      'asValue without a value',
      mining('invalidValueTreatment="asValue"'),
      10,
      'MiningField',
      'invalidValueReplacement',
    ],
    [
      'a replacement that is no number',
      mining('missingValueReplacement="many"'),
      10,
      'MiningField',
      'missingValueReplacement is not a finite',
    ],
    ['a second table', with_(13, '</RegressionTable>\n<RegressionTable/>'), 14, 'RegressionTable', 'a second table'],
    [
      'a model that says it cannot be scored',
      with_(9, '<RegressionModel functionName="regression" isScorable="false">'),
      9,
      'RegressionModel',
      'not scorable',
    ],
    [
      'a derived field that uses itself',
      with_(
        8,
        '<TransformationDictionary><DerivedField name="d" optype="continuous" dataType="double"><FieldRef field="e"/></DerivedField><DerivedField name="e" optype="continuous" dataType="double"><FieldRef field="d"/></DerivedField></TransformationDictionary>',
      ).replace('name="x" coefficient', 'name="d" coefficient'),
      8,
      'FieldRef',
      'uses itself',
    ],
  ])('%s', (_, file, line, element, says) => {
    const { code, message, line: at } = refusal(file)
    expect({ code, at }).toEqual({ code: 'model/invalid', at: line })
    expect(message).toContain(`Line ${line}, ${element}: `)
    expect(message).toContain(says)
  })
})

describe('what cannot be scored', () => {
  const model = (name: string): string =>
    with_(9, `<${name} functionName="regression">`).replace('</RegressionModel>', `</${name}>`)
  const derived = (expression: string): string =>
    with_(
      8,
      `<TransformationDictionary><DerivedField name="d" optype="continuous" dataType="double">${expression}</DerivedField></TransformationDictionary>`,
    ).replace('name="x" coefficient', 'name="d" coefficient')
  test.each([
    ['a tree', model('TreeModel'), 9, 'TreeModel', 'generalised additive model'],
    ['a support vector machine', model('SupportVectorMachineModel'), 9, 'SupportVectorMachineModel', 'linear kernel'],
    ['a neural network', model('NeuralNetwork'), 9, 'NeuralNetwork', 'public encoder'],
    ['nearest neighbours', model('NearestNeighborModel'), 9, 'NearestNeighborModel', 'linear model'],
    [
      'two models',
      with_(14, '</RegressionModel><RegressionModel functionName="regression"/>'),
      14,
      'RegressionModel',
      'file of its own',
    ],
    [
      'clustering',
      with_(9, '<RegressionModel functionName="clustering">'),
      9,
      'RegressionModel',
      'regression or classification',
    ],
    [
      'an unknown function',
      derived('<Apply function="levenshtein"><FieldRef field="x"/></Apply>'),
      8,
      'Apply',
      '"levenshtein" cannot be computed',
    ],
    ['an aggregate', derived('<Aggregate field="x" function="sum"/>'), 8, 'Aggregate', 'before the model'],
    ['a later version', with_(1, '<PMML version="5.0" xmlns="http://www.dmg.org/PMML-5_0">'), 1, 'PMML', '3.0 to 4.4'],
  ])('%s', (_, file, line, element, says) => {
    const { code, message, line: at } = refusal(file)
    expect({ code, at }).toEqual({ code: 'model/unsupported', at: line })
    expect(message).toContain(`Line ${line}, ${element}: `)
    expect(message).toContain(says)
  })

  test('functions that double what they are given, forty deep, unfold to nothing', () => {
    const functions = Array.from({ length: 40 }, (_, i) => {
      const inner = i === 0 ? '<FieldRef field="v"/>' : `<Apply function="f${i - 1}"><FieldRef field="v"/></Apply>`
      return `<DefineFunction name="f${i}" optype="continuous"><ParameterField name="v"/><Apply function="+">${inner}${inner}</Apply></DefineFunction>`
    })
    const file = with_(
      8,
      `<TransformationDictionary>${functions.join('\n')}<DerivedField name="d" optype="continuous" dataType="double"><Apply function="f39"><FieldRef field="x"/></Apply></DerivedField></TransformationDictionary>`,
    ).replace('name="x" coefficient', 'name="d" coefficient')
    expect(refusal(file)).toMatchObject({
      code: 'model/unsupported',
      message: expect.stringContaining('unfolds to over'),
    })
    // Unfolded, it would not end in this.
  }, 20_000)

  test('a function that calls itself', () => {
    const file = with_(
      8,
      '<TransformationDictionary><DefineFunction name="f" optype="continuous"><ParameterField name="v"/><Apply function="f"><FieldRef field="v"/></Apply></DefineFunction><DerivedField name="d" optype="continuous" dataType="double"><Apply function="f"><FieldRef field="x"/></Apply></DerivedField></TransformationDictionary>',
    ).replace('name="x" coefficient', 'name="d" coefficient')
    expect(refusal(file)).toMatchObject({
      code: 'model/invalid',
      line: 8,
      message: expect.stringContaining('calls itself'),
    })
  })

  test('derived fields that stand two thousand deep on one another', () => {
    const chain = Array.from(
      { length: 2000 },
      (_, i) =>
        `<DerivedField name="d${i}" optype="continuous" dataType="double"><FieldRef field="${i === 0 ? 'x' : `d${i - 1}`}"/></DerivedField>`,
    )
    const file = with_(8, `<TransformationDictionary>${chain.join('\n')}</TransformationDictionary>`).replace(
      'name="x" coefficient',
      'name="d1999" coefficient',
    )
    expect(refusal(file)).toMatchObject({ code: 'model/unsupported', message: expect.stringContaining('60 deep') })
  })
})

describe('prototypes', () => {
  test('names and levels of objects are names and levels', () => {
    const file = lines
      .join('\n')
      .replaceAll('"x"', '"constructor"')
      .replaceAll('"g"', '"toString"')
      .replace('<Value value="a"/>', '<Value value="__proto__"/><Value value="hasOwnProperty"/>')
      .replace(
        '</RegressionTable>',
        '<CategoricalPredictor name="toString" value="__proto__" coefficient="5"/></RegressionTable>',
      )
    const { model } = readPmml(file)
    const cells = (level: string): Record<string, string> =>
      ({ constructor: '3', toString: level }) as unknown as Record<string, string>
    expect(predict(model, cells('__proto__')).responses).toEqual([12])
    expect(predict(model, cells('hasOwnProperty')).responses).toEqual([7])
    expect(({} as Record<string, unknown>).version).toBeUndefined()
  })
})

test('no refusal shows a coefficient', () => {
  const secret = '31337.424242'
  const file = with_(12, `<NumericPredictor name="q" coefficient="${secret}"/>`)
  expect(refusal(file).message).not.toContain(secret)
})

test('a model of 2,000 terms is read in under a second', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `x${i}`)
  const file = `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><DataDictionary>
${names.map((name) => `<DataField name="${name}" optype="continuous" dataType="double"><Interval closure="closedClosed" leftMargin="0" rightMargin="1"/></DataField>`).join('\n')}
</DataDictionary><RegressionModel functionName="regression"><MiningSchema>${names.map((name) => `<MiningField name="${name}"/>`).join('\n')}</MiningSchema>
<LocalTransformations>${names.map((name) => `<DerivedField name="z(${name})" optype="continuous" dataType="double"><Apply function="/"><Apply function="-"><FieldRef field="${name}"/><Constant>0.5</Constant></Apply><Constant>0.25</Constant></Apply></DerivedField>`).join('\n')}</LocalTransformations>
<RegressionTable intercept="0">${names.map((name) => `<NumericPredictor name="z(${name})" coefficient="0.001"/>`).join('\n')}</RegressionTable></RegressionModel></PMML>`
  readPmml(readFileSync(new URL('./fixtures/pmml/cars-linear.pmml', import.meta.url), 'utf8'))
  // Of processor time: the machine may be busy with other tests.
  const start = process.cpuUsage()
  const { model } = readPmml(file)
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1e6).toBeLessThan(1)
  expect(model.heads[0]?.terms).toHaveLength(2000)
  const cells = Object.fromEntries(names.map((name) => [name, '1']))
  expect(predict(model, cells).responses[0]).toBeCloseTo(4, 10)
})
