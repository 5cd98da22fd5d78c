import { describe, expect, test } from 'vitest'
import { sentenceOf } from '../../words/en/errors.ts'
import { readPmml } from '../pmml/read.ts'
import { active, number, pmml, score, served, text } from './pmmlFile.ts'

/** PMML's functions of texts, dates and times, and term counts. */

const apply = (name: string, ...args: string[]): string => `<Apply function="${name}">${args.join('')}</Apply>`
const constant = (value: string): string => `<Constant dataType="string">${value}</Constant>`
const field = (name: string): string => `<FieldRef field="${name}"/>`

/** A model that is 1 where an expression gives a text, else 0. */
function givesText(expression: string, wanted: string, fields = text('t')): string {
  return pmml({
    fields,
    mining: active(/name="(\w+)"/.exec(fields)?.[1] ?? 't'),
    local: `<DerivedField name="d" optype="categorical" dataType="string">${expression}</DerivedField>`,
    body: `<RegressionTable intercept="0"><CategoricalPredictor name="d" value="${wanted}" coefficient="1"/></RegressionTable>`,
  })
}

/** A model that is the number that an expression gives. */
function givesNumber(expression: string, fields = text('t'), shared = '', weight = 1): string {
  return pmml({
    fields,
    shared,
    mining: active(/name="(\w+)"/.exec(fields)?.[1] ?? 't'),
    local: `<DerivedField name="d" optype="continuous" dataType="double">${expression}</DerivedField>`,
    body: `<RegressionTable intercept="0"><NumericPredictor name="d" coefficient="${weight}"/></RegressionTable>`,
  })
}

describe('texts', () => {
  test.each<[string, string, string, string]>([
    ['a part', apply('substring', field('t'), constant('2'), '<Constant>3</Constant>'), 'sales', 'ale'],
    [
      'a part past the end',
      apply('substring', field('t'), '<Constant>4</Constant>', '<Constant>9</Constant>'),
      'sales',
      'es',
    ],
    ['a replacement', apply('replace', field('t'), constant('([a-z])\\d+'), constant('$1-')), 'a12b3', 'a-b-'],
    ['a dollar', apply('replace', field('t'), constant('x'), constant('$$')), 'x1', '$1'],
    [
      'nothing for something',
      apply('replace', field('t'), constant('Iris-'), '<Constant dataType="string"/>'),
      'Iris-setosa',
      'setosa',
    ],
    ['joined', apply('concat', field('t'), constant('-'), '<Constant>1.5</Constant>'), 'a', 'a-1.5'],
    ['without blanks', apply('trimBlanks', field('t')), ' b ', 'b'],
  ])('%s', (_, expression, cell, wanted) => {
    const file = givesText(expression, wanted)
    expect(score(file, { t: cell })).toBe(1)
    expect(served(file, { t: cell })).toEqual({ score: 1 })
    expect(score(file, { t: `?${cell}` })).toBe(0)
  })

  test('a number as printf writes it', () => {
    const file = (pattern: string, wanted: string) =>
      givesText(apply('formatNumber', field('x'), constant(pattern)), wanted, number('x'))
    expect(served(file('%3d', '  2'), { x: '2' })).toEqual({ score: 1 })
    expect(served(file('%.2f', '2.50'), { x: '2.5' })).toEqual({ score: 1 })
  })

  test('a length, and whether a part matches', () => {
    expect(served(givesNumber(apply('stringLength', field('t'))), { t: 'häuser' })).toEqual({
      score: expect.closeTo(6, 6),
    })
    const file = givesNumber(
      apply(
        'if',
        apply('matches', field('t'), constant('^Ju|st$')),
        '<Constant>1</Constant>',
        '<Constant>0</Constant>',
      ),
    )
    for (const [cell, wanted] of [
      ['July', 1],
      ['August', 1],
      ['May', 0],
    ] as const)
      expect(served(file, { t: cell })).toEqual({ score: expect.closeTo(wanted, 6) })
  })

  test('a constant that names a parameter of its function is that parameter', () => {
    const shared = `<DefineFunction name="cut" optype="continuous"><ParameterField name="WIDTH"/><ParameterField name="input"/>${apply('stringLength', apply('substring', field('input'), '<Constant>1</Constant>', '<Constant>WIDTH</Constant>'))}</DefineFunction>`
    const file = givesNumber(apply('cut', '<Constant>4</Constant>', field('t')), text('t'), shared)
    expect(served(file, { t: 'occupation' })).toEqual({ score: expect.closeTo(4, 6) })
  })

  test.each([
    ['look-around', apply('matches', field('t'), constant('(?=a)')), 'could take for ever'],
    ['a reference to a group', apply('replace', field('t'), constant('(a)\\1'), constant('')), 'could take for ever'],
    ['a pattern from the record', apply('matches', field('t'), field('t')), 'its pattern comes from the record'],
    ['a bracket that stays open', apply('matches', field('t'), constant('[a')), 'not well-formed'],
    ['a group that is not there', apply('replace', field('t'), constant('a'), constant('$1')), 'not well-formed'],
    ['too large a pattern', apply('matches', field('t'), constant('(a{900}){900}')), 'too large'],
    ['no conversion of printf', apply('formatNumber', '<Constant>1</Constant>', constant('%q')), 'printf'],
    ['no conversion of strftime', apply('formatDatetime', field('t'), constant('%Q')), 'strftime'],
  ])('%s is refused', (_, expression, words) => {
    expect(() => readPmml(givesText(expression, 'a'))).toThrow(
      expect.toSatisfy((error) => sentenceOf(error).includes(words)),
    )
  })
})

describe('dates and times', () => {
  const date = (type: string) => `<DataField name="t" optype="ordinal" dataType="${type}"/>`

  test.each<[string, string, string, string, number | 'refused']>([
    [
      'days since a year',
      'date',
      apply('dateDaysSinceYear', field('t'), '<Constant>1960</Constant>'),
      '1960-02-01',
      31,
    ],
    [
      'of a date and time',
      'dateTime',
      apply('dateDaysSinceYear', field('t'), '<Constant>1960</Constant>'),
      '1960-01-02T23:00:00',
      1,
    ],
    [
      'days before the year',
      'date',
      apply('dateDaysSinceYear', field('t'), '<Constant>1960</Constant>'),
      '1959-12-31',
      -1,
    ],
    ['seconds since midnight', 'time', apply('dateSecondsSinceMidnight', field('t')), '15:30:02', 55802],
    ['no date', 'date', apply('dateDaysSinceYear', field('t'), '<Constant>1960</Constant>'), '31.12.1959', 'refused'],
    [
      'a day that is not',
      'date',
      apply('dateDaysSinceYear', field('t'), '<Constant>1960</Constant>'),
      '1959-02-29',
      'refused',
    ],
  ])('%s', (_, type, expression, cell, wanted) => {
    const got = served(givesNumber(expression, date(type)), { t: cell })
    if (wanted === 'refused') expect(got).toBe('refused')
    else expect((got as Record<string, number>).score).toBeCloseTo(wanted, 6)
  })

  test('seconds since a year', () => {
    const since = apply('dateSecondsSinceYear', field('t'), '<Constant>1960</Constant>')
    const file = givesNumber(since, date('dateTime'), '', 0.001)
    expect(served(file, { t: '1960-01-03T03:30:03' })).toEqual({ score: expect.closeTo(185.403, 6) })
  })

  test('a date as strftime writes it', () => {
    const file = givesText(apply('formatDatetime', field('t'), constant('%m/%d/%y')), '09/05/04', date('date'))
    expect(served(file, { t: '2004-09-05' })).toEqual({ score: 1 })
    expect(served(file, { t: '2004-09-06' })).toEqual({ score: 0 })
  })

  test('a field whose type counts days or seconds', () => {
    const file = (type: string) =>
      pmml({
        fields: date(type),
        mining: active('t'),
        body: '<RegressionTable intercept="0"><NumericPredictor name="t" coefficient="2"/></RegressionTable>',
      })
    expect(served(file('dateDaysSince[1980]'), { t: '1980-01-11' })).toEqual({ score: expect.closeTo(20, 6) })
    expect(served(file('timeSeconds'), { t: '00:01:00' })).toEqual({ score: expect.closeTo(120, 6) })
    expect(() => readPmml(file('date'))).toThrow(
      expect.toSatisfy((error) => sentenceOf(error).includes('is a category')),
    )
  })
})

describe('term counts', () => {
  const document = 'It runs fine, the runs were fine: really fine. This interface is user friendly!'
  const index = (attributes: string, term: string, inside = ''): string =>
    `<TextIndex textField="t" ${attributes}>${inside}${constant(term)}</TextIndex>`
  const count = (file: string): number => {
    const got = served(file, { t: document })
    if (got === 'refused') throw new Error('refused')
    expect(got.score).toBeCloseTo(score(file, { t: document }) as number, 6)
    return got.score as number
  }
  const row = (string: string, stem: string) =>
    `<row><string>${string}</string><stem>${stem}</stem><regex>true</regex></row>`
  const table = (attributes: string, ...rows: string[]) =>
    `<TextIndexNormalization ${attributes}><InlineTable>${rows.join('')}</InlineTable></TextIndexNormalization>`

  test.each<[string, string, number]>([
    ['words, without the punctuation round them', index('', 'fine'), 3],
    ['of several words', index('', 'really fine'), 1],
    ['case does not count', index('', 'IT'), 1],
    ['unless it does', index('isCaseSensitive="true"', 'it'), 0],
    ['there or not', index('localTermWeights="binary"', 'fine'), 1],
    ['logarithms', index('localTermWeights="logarithmic"', 'fine'), Math.log10(4)],
    ['words between separators', index('wordSeparatorCharacterRE="[\\s,:]+"', 'fine'), 3],
    ['words by their characters', index('x-wordRE="\\w+"', 'fine'), 3],
    ['a term of no word', index('', '!'), 0],
    ['normalised', index('', 'user_friendly', table('', row('user friendl(y|iness)', 'user_friendly'))), 1],
    ['until nothing changes', index('', 'fin', table('recursive="true"', row('fine', 'fin'))), 3],
  ])('%s', (_, expression, wanted) => {
    expect(count(givesNumber(expression))).toBeCloseTo(wanted, 6)
  })

  test('the terms of a text share its normalised form, and their weights stay private', () => {
    const terms = ['fine', 'runs', 'interface']
    const file = pmml({
      fields: text('t'),
      mining: active('t'),
      shared: `<DefineFunction name="tf" optype="continuous"><ParameterField name="document"/><ParameterField name="term"/><ParameterField name="weight"/>${apply('*', `<TextIndex textField="document">${table('', row('[0-9]', ''))}<FieldRef field="term"/></TextIndex>`, field('weight'))}</DefineFunction>`,
      local: terms
        .map(
          (term, i) =>
            `<DerivedField name="${term}" optype="continuous" dataType="double">${apply('tf', field('t'), constant(term), `<Constant>${i + 0.5}</Constant>`)}</DerivedField>`,
        )
        .join(''),
      body: `<RegressionTable intercept="0">${terms.map((term) => `<NumericPredictor name="${term}" coefficient="10"/>`).join('')}</RegressionTable>`,
    })
    expect(served(file, { t: document })).toEqual({ score: expect.closeTo(15 + 30 + 25, 6) })
    const { derived = [] } = readPmml(file).model
    expect(derived.filter(({ type }) => type === 'category')).toHaveLength(1)
    expect(JSON.stringify(derived)).not.toMatch(/[12]?\.5/)
  })

  test.each([
    ['near words', index('maxLevenshteinDistance="1"', 'fine'), 'differ by some letters'],
    [
      'weights by the other words',
      index('localTermWeights="augmentedNormalizedTermFrequency"', 'fine'),
      'localTermWeights',
    ],
    [
      'plain strings',
      index('', 'fine', table('', '<row><string>a</string><stem>b</stem></row>')),
      'no regular expression',
    ],
    ['a term from the record', `<TextIndex textField="t">${field('t')}</TextIndex>`, 'no constant'],
  ])('%s are refused', (_, expression, words) => {
    expect(() => readPmml(givesNumber(expression))).toThrow(
      expect.toSatisfy((error) => sentenceOf(error).includes(words)),
    )
  })
})
