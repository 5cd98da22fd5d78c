import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { committed, exporters, joined, piecesOf } from '../exporters.mjs'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe.each(exporters)('$file', (exporter) => {
  test('is joined from its pieces: run node tools/exporters.mjs', () => {
    expect(committed(exporter) === joined(exporter)).toBe(true)
  })

  test('has every piece once', () => {
    expect([...exporter.order].sort()).toEqual(piecesOf(exporter).sort())
  })

  test('states the version of the project', () => {
    const [, stated] = /^\w*version\w* (?:=|<-) "(.*)"$/m.exec(committed(exporter)) ?? []
    expect(stated).toBe(version)
  })
})
