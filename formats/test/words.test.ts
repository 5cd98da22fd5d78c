import { expect, test } from 'vitest'
import { client } from '../../words/en/client.ts'
import { core } from '../../words/en/core.ts'
import { formats } from '../../words/en/formats.ts'
import { model } from '../../words/en/model.ts'
import { onnx } from '../../words/en/onnx.ts'
import { ownFiles } from '../../words/en/ownFiles.ts'
import { page } from '../../words/en/page.ts'
import { pmml } from '../../words/en/pmml.ts'
import { reader } from '../../words/en/reader.ts'
import { server } from '../../words/en/server.ts'

test('no name is that of two faults, whose sentences would be one', () => {
  const names = [formats, pmml, onnx, model, core, reader, client, server, ownFiles, page].flatMap((table) =>
    Object.keys(table),
  )
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})
