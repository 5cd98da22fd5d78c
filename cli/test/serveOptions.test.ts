import { expect, test } from 'vitest'
import { UsageError } from '../command.ts'
import { parseServeOptions } from '../serveOptions.ts'

test('without arguments: the defaults, and the port of the environment', () => {
  const options = parseServeOptions([], {})
  expect(options).toEqual({
    apiKeys: false,
    issuer: null,
    certificate: null,
    runsPlace: {},
    worksOnRuns: true,
    corsOrigins: [],
    connectOrigins: [],
    trustedProxies: [],
    onlyByProxy: false,
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
    '--port 0 --host 0.0.0.0 --models m --secret-file s --cors https://a.example --cors http://localhost:5173/ --connect https://b.example --trust-proxy 10.0.0.0/8,::1 --budgets-dir b --allowed-host Scores.example --proven-keys --runs stored --runs-keys apart --runs-key key --queue redis://127.0.0.1:6379/1 --no-work --runs-days 3 --open-metrics --brand v.json --audit a --versions-dir v --metrics-port [::1]:0 --records-per-hour 10 --max-body 5000 --threads 3 --log warn --schemes lattice --ledger-file l --api-keys --keys-file k --oidc-issuer https://login.example/realm --oidc-audience scores --oidc-name-claim email --oidc-models-claim models --oidc-minutes 5 --client-cert-header X-Client-Subject --certificates entered --studies kept --studies-days 5'
  expect(parseServeOptions(line.split(' '), {})).toEqual({
    port: 0,
    host: '0.0.0.0',
    models: 'm',
    secretFile: 's',
    apiKeys: true,
    keysFile: 'k',
    issuer: {
      issuer: 'https://login.example/realm',
      audience: 'scores',
      nameClaim: 'email',
      modelsClaim: 'models',
      longest: 300,
    },
    certificate: { header: 'x-client-subject', enteredAlone: true },
    corsOrigins: ['https://a.example', 'http://localhost:5173'],
    connectOrigins: ['https://b.example'],
    trustedProxies: ['10.0.0.0/8', '::1'],
    onlyByProxy: false,
    budgetsFolder: 'b',
    hosts: ['scores.example'],
    runsPlace: { folder: 'stored', keysFolder: 'apart', keyFile: 'key', queue: { url: 'redis://127.0.0.1:6379/1' } },
    worksOnRuns: false,
    provenKeys: true,
    openMetrics: true,
    brandFile: 'v.json',
    auditFolder: 'a',
    versionsFolder: 'v',
    metricsAt: { host: '::1', port: 0 },
    studiesFolder: 'kept',
    studyLimits: { days: 5 },
    limits: { runDays: 3, recordsPerHour: 10, bodyBytes: 5000 },
    threads: 3,
    schemes: ['lattice'],
    ledgerFile: 'l',
    logLevel: 'warn',
  })
})

test('certificates that nobody entered are answered unless the operator says otherwise; where they are entered may be said', () => {
  const line = ['--client-cert-header', 'X-Subject', '--trust-proxy', '10.0.0.1', '--keys-file', 'k']
  const usual = { apiKeys: false, keysFile: 'k', certificate: { header: 'x-subject', enteredAlone: false } }
  expect(parseServeOptions(line, {})).toMatchObject(usual)
  expect(parseServeOptions([...line, '--certificates', 'all'], {})).toMatchObject(usual)
  const alone = { certificate: { header: 'x-subject', enteredAlone: true } }
  expect(parseServeOptions([...line, '--certificates', 'entered'], {})).toMatchObject(alone)
})

test('studies that are kept in memory have less of it than a folder has', () => {
  expect(parseServeOptions(['--studies', 'memory'], {}).studyLimits).toEqual({ bytes: 512 * 2 ** 20 })
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
  '--keys-file k',
  '--api-keys --open',
  '--oidc-issuer https://login.example',
  '--oidc-issuer http://login.example --oidc-audience a',
  '--oidc-issuer login --oidc-audience a',
  '--oidc-audience a',
  '--oidc-minutes 5',
  '--studies kept --studies-days 0',
  '--oidc-issuer https://login.example --oidc-audience a --open',
  '--oidc-issuer https://login.example --oidc-audience a --oidc-minutes 0',
  '--client-cert-header X-Client-Subject --studies kept --studies-days 5',
  '--client-cert-header a:b --trust-proxy 10.0.0.1',
  '--certificates entered',
  '--client-cert-header a --trust-proxy 10.0.0.1 --certificates some',
  '--oidc-issuer https://login.example --oidc-audience a --keys-file k',
  '--trust-proxy 10.0.0.0/33',
  '--trust-proxy 10.0.0.1/8',
  '--trust-proxy proxy.example',
  '--trust-proxy 10.0.0.0/8,',
  '--queue http://127.0.0.1',
  '--queue redis://user:secret@127.0.0.1/1',
  '--queue redis://127.0.0.1 --queue-file f',
  '--no-work',
  '--runs-keys queue',
  '--runs s3://Bucket',
  '--unknown',
  'stray',
])('refused: %s', (line) => {
  expect(() => parseServeOptions(line.split(' '), {})).toThrow(UsageError)
})

test('an address that others reach asks who may: who has a key, those that a proxy lets through, or everybody', () => {
  const open = ['0.0.0.0', '::', '192.0.2.1', 'scores.example', '127.evil.example']
  for (const host of open) {
    expect(() => parseServeOptions(['--host', host], {})).toThrow(/--api-keys .* --trust-proxy .* --open/)
    expect(parseServeOptions(['--host', host, '--open'], {}).host).toBe(host)
    expect(parseServeOptions(['--host', host, '--trust-proxy', '10.0.0.1'], {}).onlyByProxy).toBe(true)
    expect(parseServeOptions(['--host', host, '--api-keys'], {}).apiKeys).toBe(true)
    const named = ['--trust-proxy', '10.0.0.1', '--client-cert-header', 'X-Client-Subject']
    expect(parseServeOptions(['--host', host, ...named], {}).onlyByProxy).toBe(false)
    const tokens = ['--oidc-issuer', 'https://login.example', '--oidc-audience', 'scores']
    expect(parseServeOptions(['--host', host, ...tokens], {}).issuer).toMatchObject({ audience: 'scores' })
  }
  for (const host of ['127.0.0.1', '127.0.0.2', '::1', 'localhost']) {
    expect(parseServeOptions(['--host', host], {}).host).toBe(host)
  }
})

test('the shared state, at an address or in a file that holds one, and never counted in files as well', () => {
  expect(parseServeOptions(['--state', 'redis://127.0.0.1/1'], {}).statePlace).toEqual({ url: 'redis://127.0.0.1/1' })
  expect(parseServeOptions(['--state-file', 'f'], {}).statePlace).toEqual({ file: 'f' })
  for (const [line, said] of [
    ['--state mysql://127.0.0.1/a', /redis:.*postgres:/],
    ['--state nonsense', /redis:.*postgres:/],
    ['--state postgres://me:secret@127.0.0.1/a', /password.*--state-file/i],
    ['--state redis://127.0.0.1/ --state-file f', /twice/],
    ['--state redis://127.0.0.1/ --ledger-file l', /--ledger-file/],
    ['--state redis://127.0.0.1/ --budgets-dir b', /--budgets-dir/],
  ] as const)
    expect(() => parseServeOptions(line.split(' '), {})).toThrow(said)
})
