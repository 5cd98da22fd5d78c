import { centredModelOf, columnsOf, plainPredictor } from '../ckks/records.ts'
import { type Binding, makeScorer, openAnswer, type Parameters, sealColumn } from '../ckks/scheme.ts'
import type { Material } from '../material.ts'
import type { Participant } from '../operations.ts'

export const ckksName = ({ masked }: Parameters): string => (masked ? 'CKKS, masked' : 'CKKS')

/**
 * CKKS, with a block as large as its slots. Encrypting is encoding, encrypting and serialising, as it must be before
 * sending; scoring starts from what arrives and ends with what leaves, a mask included where the parameters say so. It
 * has no residues to make ahead.
 */
export function ckks(library: string, material: Material, seal: Binding, parameters: Parameters): Participant {
  const model = centredModelOf(material)
  const columns = columnsOf(material, 0, seal.slots)
  const last = columns.at(-1) as Float64Array
  const scorer = makeScorer(seal, model, parameters)
  const sealed = columns.map((values) => sealColumn(seal, values, parameters))
  const zero = seal.zeros(seal.publicKey())
  const answer = scorer.score(sealed, zero)
  const predictorsAreRight = (predictors: Float64Array): boolean =>
    columns[0]?.every(
      (_, r) => Math.abs((predictors[r] as number) - plainPredictor(material, r)) <= material.tolerance,
    ) === true
  return {
    name: `${library} ${ckksName(parameters)}`,
    valuesPerCiphertext: seal.slots,
    bytesUp: sealed.reduce((sum, bytes) => sum + bytes.length, 0) / sealed.length,
    bytesDown: answer.length,
    masksInScoring: parameters.masked,
    preparations: {},
    operations: {
      seal: {
        items: 1,
        run: () => sealColumn(seal, last, parameters),
        right: (bytes) =>
          predictorsAreRight(openAnswer(seal, scorer.score([...sealed.slice(0, -1), bytes as Uint8Array], zero))),
      },
      open: {
        items: 1,
        run: () => openAnswer(seal, answer),
        right: (opened) => predictorsAreRight(opened as Float64Array),
      },
      scoreBlock: {
        items: 1,
        run: () => scorer.score(sealed, zero),
        right: (scored) => predictorsAreRight(openAnswer(seal, scored as Uint8Array)),
      },
    },
  }
}
