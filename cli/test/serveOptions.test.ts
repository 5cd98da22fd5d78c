import { expect, test } from 'vitest'
import { UsageError } from '../command.ts'
import { parseServeOptions } from '../serveOptions.ts'

test('without arguments: the defaults, and the port of the environment', () => {
  const options = parseServeOptions([], {})
  expect(options).toEqual({
    corsOrigins: [],
    connectOrigins: [],
    trustProxy: false,
    hosts: [],
    openMetrics: false,
    limits: {},
    logLevel: 'info',
  })
  expect(parseServeOptions([], { PORT: '9000' }).port).toBe(9000)
  expect(parseServeOptions([], { PORT: '' }).port).toBeUndefined()
  expect(parseServeOptions(['--port', '9001'], { PORT: '9000' }).port).toBe(9001)
})

test('every flag', () => {
  const line =
    '--port 0 --host 0.0.0.0 --models m --secret-file s --cors https://a.example --cors http://localhost:5173/ --connect https://b.example --trust-proxy --allowed-host Scores.example --proven-keys --open-metrics --records-per-hour 10 --max-body 5000 --threads 3 --log warn --schemes lattice --ledger-file l'
  expect(parseServeOptions(line.split(' '), {})).toEqual({
    port: 0,
    host: '0.0.0.0',
    models: 'm',
    secretFile: 's',
    corsOrigins: ['https://a.example', 'http://localhost:5173'],
    connectOrigins: ['https://b.example'],
    trustProxy: true,
    hosts: ['scores.example'],
    provenKeys: true,
    openMetrics: true,
    limits: { recordsPerHour: 10, bodyBytes: 5000 },
    threads: 3,
    schemes: ['lattice'],
    ledgerFile: 'l',
    logLevel: 'warn',
  })
})

test.each([
  '--port x',
  '--port 65536',
  '--port 1.5',
  '--threads 0',
  '--cors *',
  '--cors https://a.example/path',
  '--cors ftp://a.example',
  "--connect https://a.example;script-src'",
  '--records-per-hour -1',
  '--log loud',
  '--allowed-host http://a.example',
  '--allowed-host *',
  '--schemes ckks',
  '--schemes paillier,',
  '--unknown',
  'stray',
])('refused: %s', (line) => {
  expect(() => parseServeOptions(line.split(' '), {})).toThrow(UsageError)
})

test('an address that others reach asks who may: those that a proxy lets through, or everybody', () => {
  const open = ['0.0.0.0', '::', '192.0.2.1', 'scores.example', '127.evil.example']
  for (const host of open) {
    expect(() => parseServeOptions(['--host', host], {})).toThrow(/--trust-proxy .* --open/)
    expect(parseServeOptions(['--host', host, '--open'], {}).host).toBe(host)
    expect(parseServeOptions(['--host', host, '--trust-proxy'], {}).host).toBe(host)
  }
  for (const host of ['127.0.0.1', '127.0.0.2', '::1', 'localhost']) {
    expect(parseServeOptions(['--host', host], {}).host).toBe(host)
  }
})
