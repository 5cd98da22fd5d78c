import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { schemes } from '../../core/protocol/schemes.ts'
import { sha256 } from '../../core/test/sources.ts'
import { parseModelFile } from '../modelFile.ts'
import { reviewModel } from '../verdict.ts'

/** The example that bends: R fitted and exported it, and what R computed for four mixes comes out here. */
describe('concrete-strength-spline', () => {
  const text = readFileSync(new URL('../../examples/concrete-strength-spline.json', import.meta.url), 'utf8')

  test('is served under both schemes, with many inputs and the verification records that R wrote', async () => {
    const file = parseModelFile(text)
    const model = await reviewModel(file, sha256)
    expect(model.card.verification.length).toBe(4)
    expect(model.card.inputs.length).toBeGreaterThan(60)
    expect(schemes.map((scheme) => scheme.setsFor(model.card).length > 0)).toEqual([true, true])
    expect(file.quality?.value).toBeGreaterThan(0.865)
  })

  test('is refused where a weight is another than R wrote', async () => {
    const file = JSON.parse(text)
    file.heads[0].terms[20].weight += 0.01
    await expect(reviewModel(parseModelFile(JSON.stringify(file)), sha256)).rejects.toMatchObject({
      code: 'model/verification',
    })
  })
})
