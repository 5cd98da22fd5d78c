import { describe, expect, test } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { readOnnx } from '../onnx/read.ts'
import { ml, node, onnxFile, tensor } from './onnxFile.ts'
import { refusal } from './refusal.ts'

describe('hostile bytes', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('{"format":"blindscore-model/1"}')],
    ['an archive', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0)],
    ['groups in groups', new Uint8Array(100_000).fill(0x0b)],
  ])('%s is no ONNX file', (_, bytes) => {
    expect(refusal(bytes).code).toBe('model/syntax')
  })

  test('a file that ends anywhere, or has any byte changed, is read or refused', { timeout: 300_000 }, () => {
    const bytes = onnxFile({
      inputs: [
        ['a', 'float', [-1, 2]],
        ['c', 'string', [-1, 1]],
      ],
      outputs: ['label', 'p'],
      nodes: [
        ml('Imputer', ['a'], ['b'], {
          imputed_value_floats: { floats: [1, 2] },
          replaced_value_float: { f: Number.NaN },
        }),
        ml('OneHotEncoder', ['c'], ['h'], { cats_strings: { strings: ['u', 'v'] }, zeros: { i: 1 } }),
        node('Reshape', ['h', 's'], ['i']),
        node('Concat', ['b', 'i'], ['x'], { attributes: { axis: { i: 1 } } }),
        ml('LinearClassifier', ['x'], ['label', 'p'], {
          coefficients: { floats: [1, 2, 3, 4] },
          intercepts: { floats: [0.5] },
          classlabels_ints: { ints: [0, 1] },
          post_transform: { s: 'LOGISTIC' },
        }),
      ],
      initializers: [tensor('s', 'int64', [2], [-1, 2])],
      metadata: { feature_names: '["p","q"]' },
    })
    const { model } = readOnnx(bytes)
    expect(model.features.map(({ name }) => name)).toEqual(['p', 'q', 'c'])
    let read = 0
    const attempt = (damaged: Uint8Array): void => {
      try {
        readOnnx(damaged)
        read++
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(BlindscoreError)
      }
    }
    for (let at = 0; at < bytes.length; at++) {
      attempt(bytes.subarray(0, at))
      for (const change of [0x01, 0x80, 0x7f, 0xff, 0x08]) {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] as number) ^ change
        attempt(damaged)
      }
    }
    // Many changes touch a name or a number only, and what is left is a model.
    expect(read).toBeGreaterThan(0)
    expect(read).toBeLessThan(bytes.length * 6)
  })

  test('sums that double at every node stay small', () => {
    const nodes = Array.from({ length: 2000 }, (_, i) =>
      node('Mul', [i === 0 ? 'x' : `v${i}`, i === 0 ? 'x' : `v${i}`], [i === 1999 ? 'y' : `v${i + 1}`]),
    )
    const { model } = readOnnx(onnxFile({ inputs: [['x', 'double', [-1, 1]]], outputs: ['y'], nodes }))
    expect(JSON.stringify(model).length).toBeLessThan(1_000_000)
  })
})
