import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { usage } from '../usage.ts'

test('names of certificates and tokens have commas and quotation marks, and stay in their column', async () => {
  const names = ['cert:CN=abc,O=ABC\\, Ltd,C=AT', 'oidc:=1+1,x"y']
  const used = names.map((principal) => ({
    ...{ principal, model: 'salary', card: 'c'.repeat(64) },
    ...{ answers: 2, records: 30, slots: 400 },
  }))
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ used }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  try {
    expect(await usage.run([`http://127.0.0.1:${(server.address() as AddressInfo).port}`])).toBe(0)
  } finally {
    write.mockRestore()
    server.close()
  }
  const width = Math.max(...names.map(({ length }) => length))
  const [head = '', ...rows] = written.join('').trimEnd().split('\n')
  expect(head.trim().split(/ {2,}/)).toEqual(['principal', 'model', 'card', 'answers', 'records', 'slots'])
  expect(rows).toEqual(names.map((name) => `${name.padEnd(width)}  salary  cccccccc        2       30    400`))
})
