import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readModel } from '../../../formats/read.ts'
import { checkModel } from '../modelCheck.ts'
import { rangesFileOf } from '../rangesFile.ts'

const fixture = (name: string) => readFileSync(new URL(`../../../formats/test/fixtures/${name}`, import.meta.url))

test.each(['onnx/linear.onnx', 'onnx/column_transformer.onnx', 'pmml/cars-linear.pmml', 'pmml/births-logit.pmml'])(
  'the ranges file of %s, unchanged, leaves its columns as they are',
  async (name) => {
    const before = await checkModel(readModel(name, fixture(name)))
    const ranges = await rangesFileOf(name, before).text()
    const after = await checkModel(readModel(name, fixture(name), Buffer.from(ranges)))
    // Columns that get a name lose the other names that stood for it.
    const columns = ({ card }: typeof before) => card.features.map(({ aliases: _, ...feature }) => feature)
    expect([columns(after), after.card.slotBits]).toEqual([columns(before), before.card.slotBits])
  },
)

test('it has the names of columns that the model file does not name, to be changed', async () => {
  const before = await checkModel(readModel('linear.onnx', fixture('onnx/linear.onnx')))
  const [first = ''] = before.card.features.map(({ name }) => name)
  const file = await rangesFileOf('linear.onnx', before).text()
  const filled = file.replaceAll(`"${first}"`, '"age"').replace('"age": {}', '"age": { "range": [18, 100] }')
  expect(JSON.parse(file).columns).toHaveLength(before.card.features.length)
  const { card, withoutRange } = await checkModel(
    readModel('linear.onnx', fixture('onnx/linear.onnx'), Buffer.from(filled)),
  )
  expect(card.features[0]).toMatchObject({ name: 'age', min: '18', max: '100' })
  expect([before.withoutRange.includes(first), withoutRange.includes('age')]).toEqual([true, false])
})
