import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseServeOptions } from '../../cli/serveOptions.ts'
import { errorCodes } from '../../core/errors.ts'
import { addressBits, isWithin, readNetwork } from '../http/addresses.ts'
import { defaultLimits } from '../limits.ts'
import { type Metrics, runEvents } from '../metrics.ts'
import { prometheusMetrics } from '../prometheus.ts'
import { Client, chunkRequest, makeWorld, tiny } from './support/world.ts'

/** What operators are given says what the server does. */

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url))
const read = (file: string) => readFileSync(join(deploy, file), 'utf8')

/** The names and labels in an expression of Prometheus. */
function selectorsOf(expression: string): { name: string; labels: [string, string][] }[] {
  return [...expression.matchAll(/\b((?:blindscore|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name, labels]) => ({
      name: name ?? '',
      labels: [...(labels ?? '').matchAll(/([a-z]+)="([^"]*)"/g)].map(([, label, value]) => [label ?? '', value ?? '']),
    }),
  )
}

const dashboard = JSON.parse(read('grafana-dashboard.json')) as {
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[]
}
const ofDashboard = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
const ofAlerts = [...read('alerts.yml').matchAll(/^ +expr: (.*)$/gm)].map(([, expression]) => expression ?? '')

test('the dashboard and the alert rules ask for metrics, labels and codes that there are', async () => {
  let counted: Metrics | undefined
  const world = await makeWorld({ metrics: (levels) => (counted = prometheusMetrics(levels, { process: true })) })
  const client = await Client.make()
  await world.ask(`/v1/keys/${client.fingerprint}`, client.keyRequest())
  await world.ask('/v1/models/tiny/scores', chunkRequest(client.seal(tiny.card, [['40', '123.45', 'south']])))
  await world.ask('/v1/models/nobody')
  // What has no folder of models and no log here.
  counted?.reloads.inc({ result: 'changed' })
  counted?.audit.inc({ result: 'written' })
  const text = await (await world.ask('/metrics')).text()
  await world.close()
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name ?? ''],
    ),
  )
  const selectors = [...ofDashboard, ...ofAlerts].flatMap(selectorsOf)
  expect(selectors.length).toBeGreaterThan(20)
  expect(selectors.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
  for (const [label, value] of selectors.flatMap(({ labels }) => labels)) {
    if (label === 'code') expect(errorCodes).toContain(value)
    else if (label === 'route') expect(text).toContain(`route="${value}"`)
    else if (label === 'event') expect(runEvents).toContain(value)
    else expect([label, value]).toEqual(expect.arrayContaining([expect.stringMatching(/^(result|status)$/)]))
  }
  const summed = [...ofDashboard, ...ofAlerts].flatMap((expression) =>
    [...expression.matchAll(/by \(([a-z, ]+)\) \((?:rate|increase)\(([a-z_]+)/g)].map(([, labels = '', name]) => ({
      labels,
      name,
    })),
  )
  expect(summed.length).toBeGreaterThan(8)
  for (const { labels, name } of summed)
    for (const label of labels.split(', ')) expect(text).toMatch(new RegExp(`^${name}\\{[^}\\n]*\\b${label}="`, 'm'))
})

test('what an alert waits for is counted from the start, at 0: the first time is more than before', async () => {
  const world = await makeWorld({ metrics: (levels) => prometheusMetrics(levels) })
  const text = await (await world.ask('/metrics')).text()
  await world.close()
  const waitedFor = ofAlerts.flatMap(selectorsOf).flatMap(({ name, labels }) => labels.map((label) => [name, ...label]))
  const counted = waitedFor.filter(([, label]) => label !== 'job' && label !== 'route')
  expect(counted.length).toBeGreaterThan(5)
  for (const [name, label, value] of counted) expect(text).toContain(`${name}{${label}="${value}"} 0\n`)
})

test('each alert is tried by a case of its own, and by one where nothing is wrong', () => {
  const names = [...read('alerts.yml').matchAll(/ alert: (\S+)$/gm)].map(([, name]) => name)
  const tried = [...read('alerts.test.yml').matchAll(/^ +alertname: (\S+)\n +exp_alerts:\n +- exp_labels/gm)]
  expect(tried.map(([, name]) => name).sort()).toEqual([...names].sort())
  const [, quiet = ''] = read('alerts.test.yml').split('where nothing is wrong')
  for (const name of names) expect(quiet).toContain(`alertname: ${name} }`)
})

/** The options that a unit starts the server with. */
function optionsOfUnit(file: string): readonly string[] {
  const unit = /ExecStart=\S+ \S+ serve ((?:[^\\\n]|\\\n)*)/.exec(read(file))?.[1] ?? ''
  return unit.replace(/\\\n/g, ' ').trim().split(/\s+/)
}

test('a process of several is started as the one unit, but for its port, its log and what all share', () => {
  const one = optionsOfUnit('systemd/blindscore.service')
  const each = optionsOfUnit('systemd/blindscore@.service.d/processes.conf')
  const instance = each.map((word) => word.replaceAll('%i', '8788'))
  expect(parseServeOptions(instance, {})).toMatchObject({
    statePlace: { url: 'redis://127.0.0.1:6379/0' },
    metricsAt: { port: 18788 },
    auditFolder: '%S/blindscore/audit-8788',
  })
  const own = ['%i', '%S/blindscore/audit-%i', '1%i']
  const alike = each.filter((word, i) => !['--state', '--queue'].some((name) => [word, each[i - 1]].includes(name)))
  expect(alike.filter((word) => !own.includes(word))).toEqual(
    one.filter((word) => !['8787', '%S/blindscore/audit', '9464'].includes(word)),
  )
  // Instances of a template would each be a user, who could not read what the others store.
  expect(read('systemd/blindscore@.service.d/processes.conf')).toMatch(/^User=blindscore$/m)
})

test('proxies give up an idle connection before the server does', () => {
  const ours = createServer().keepAliveTimeout / 1000
  const idle = [
    ...['nginx.conf', 'nginx-processes.conf'].map((file) =>
      /^ +keepalive_timeout (\d+)s;$/m.exec(read(`proxy/${file}`)),
    ),
    /^\t+keepalive (\d+)s$/m.exec(read('proxy/Caddyfile')),
  ].map((found) => Number(found?.[1]))
  expect(idle).toHaveLength(3)
  for (const seconds of idle) expect(seconds).toBeLessThan(ours)
})

test('a body that the server takes is let through by each proxy', () => {
  const bytes = { g: 2 ** 30, GiB: 2 ** 30 } as const
  const most = [
    ...['nginx.conf', 'nginx-processes.conf'].map((file) =>
      /client_max_body_size (\d+)(g);/.exec(read(`proxy/${file}`)),
    ),
    /max_size (\d+)(GiB)$/m.exec(read('proxy/Caddyfile')),
  ].map((found) => Number(found?.[1]) * bytes[found?.[2] as keyof typeof bytes])
  expect(most).toEqual([1, 2, 3].map(() => defaultLimits.fileBytes))
})

test('the unit and the compose file start the server with options that it has', () => {
  const words = optionsOfUnit('systemd/blindscore.service')
  expect(parseServeOptions(words, {})).toMatchObject({
    trustedProxies: ['127.0.0.0/8', '::1'],
    auditFolder: '%S/blindscore/audit',
    apiKeys: true,
  })
  const listed = [...read('compose/compose.yaml').matchAll(/^ {6}- (--\S+)$/gm)].map(([, option]) => option ?? '')
  const options = [...listed.map((option) => option.replace(/\$\{.*\}/, 'scores.example')), '--host', '0.0.0.0']
  expect(parseServeOptions(options, {})).toMatchObject({
    trustedProxies: [/ipv4_address: ([0-9.]+) /.exec(read('compose/compose.yaml'))?.[1]],
    metricsAt: { host: '0.0.0.0', port: 9464 },
    runsPlace: { folder: '/state/runs', keysFolder: '/runs-keys', keyFile: '/run/secrets/runs-key' },
  })
  expect(listed).toContain('--api-keys')
  const image = read('Containerfile')
  expect(image).toContain('USER node')
  expect(image).toContain('HEALTHCHECK')
})

test('the unit and the image give the server the threads for files that the paper says', () => {
  for (const file of ['systemd/blindscore.service', 'Containerfile'])
    expect(read(file)).toContain('UV_THREADPOOL_SIZE=16')
  expect(read('README.md')).toContain('`UV_THREADPOOL_SIZE` says: sixteen')
})

test('what an operator keeps beside the compose file goes neither into the image’s build nor into git', () => {
  const root = join(deploy, '..')
  const context = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  expect(context).toContain('deploy')
  // Whatever git keeps out is not for the build either.
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').match(/^[^#!\n].*$/gm) ?? []
  const folders = ignored.map((line) => line.replace(/^\/|\/$/g, '').replace(/^\*\./, '**/*.'))
  expect(folders.filter((name) => !name.startsWith('deploy/')).filter((name) => !context.includes(name))).toEqual([])
  const kept = ['runs-key', '.env', 'models/salary.json', 'state/blindscore/secret'].map(
    (name) => `deploy/compose/${name}`,
  )
  const told = spawnSync('git', ['check-ignore', ...kept, 'deploy/compose/compose.yaml'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(told.stdout.trim().split('\n')).toEqual(kept)
})

test('Caddy’s address, which the server believes, is given to nobody else', () => {
  const [, address = ''] = /ipv4_address: ([0-9.]+) /.exec(read('compose/compose.yaml')) ?? []
  const [, subnet = '', given = ''] = /subnet: (\S+), ip_range: (\S+) \}/.exec(read('compose/compose.yaml')) ?? []
  const [within, among] = [subnet, given].map((text) => readNetwork(text))
  const caddy = addressBits(address)
  if (!within || !among || caddy === null) throw new Error('no networks in the compose file')
  expect([within, among].map((network) => isWithin(caddy, network))).toEqual([true, false])
})

test('the compose file asks for health as the image does, since podman keeps no such thing in an image', () => {
  const [, inImage = 'none'] =
    /^HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \\\n +CMD \[(.*)\]$/m.exec(read('Containerfile')) ?? []
  const asked = `healthcheck: { test: [CMD, ${inImage.replaceAll('"', '')}], interval: 15s, timeout: 5s, start_period: 30s }`
  expect(read('compose/compose.yaml')).toContain(asked)
})

test('the compose file of several processes starts each with what they share, which is a Redis that a server starts with', () => {
  const compose = read('compose/processes.yaml')
  const options = [...compose.matchAll(/^ {2}- (--\S+)$/gm)].map(([, option]) => option ?? '')
  const words = options.map((option) => option.replace(/\$\{.*\}/, 'scores.example'))
  expect(parseServeOptions([...words, '--host', '0.0.0.0'], {})).toMatchObject({
    statePlace: { url: 'redis://redis:6379/0' },
    trustedProxies: ['172.30.87.2'],
    apiKeys: true,
  })
  const names = [...compose.matchAll(/^ {2}(blindscore\S*):\n(?: {4}extends: .*\n)? {4}command: \*command$/gm)]
  const upstreams = /UPSTREAM: "(.*)"/.exec(compose)?.[1]?.split(' ')
  expect(names.map(([, name]) => `${name}:8787`)).toEqual(upstreams)
  expect(upstreams).toHaveLength(3)
  // The metrics' port answers by the names that Prometheus asks it by.
  for (const [, name] of names) expect(options).toContain(`--allowed-host=${name}`)
  // One log has one writer.
  const logs = [...compose.matchAll(/^ {4}volumes: \["(audit-\d):\/audit"\]$/gm)].map(([, volume]) => volume)
  expect(new Set(logs).size).toBe(3)
  expect(options).toContain('--audit=/audit')
  expect(compose).toMatch(/--appendonly, "yes", .*--maxmemory-policy, noeviction/)
})

test('no proxy says a header of its own in the place of the server’s', () => {
  for (const file of readdirSync(join(deploy, 'proxy')))
    expect(read(`proxy/${file}`)).not.toMatch(/^\s*(add_header|header) /m)
})

/** Where a program is; `BLINDSCORE_DEPLOY_TOOLS` names a folder that a package of it was unpacked into. */
function program(name: string): string | null {
  const unpacked = process.env.BLINDSCORE_DEPLOY_TOOLS
  const places = [...(unpacked ? [join(unpacked, 'usr/sbin', name), join(unpacked, 'usr/bin', name)] : []), name]
  return places.find((place) => spawnSync(place, ['--version']).error === undefined) ?? null
}

const [nginx, caddy, systemd, promtool] = ['nginx', 'caddy', 'systemd-analyze', 'promtool'].map(program)

test.skipIf(!nginx).each(['nginx.conf', 'nginx-processes.conf'])('nginx takes its file %s', (file) => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=scores.example'],
        ...['-keyout', join(folder, 'key'), '-out', join(folder, 'pem')],
      ],
      { stdio: 'ignore' },
    )
    const own = read(`proxy/${file}`)
      .replace('/etc/ssl/scores.example.pem', join(folder, 'pem'))
      .replace('/etc/ssl/private/scores.example.key', join(folder, 'key'))
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    writeFileSync(
      join(folder, 'conf'),
      `pid ${folder}/pid;\nevents {}\nhttp {\naccess_log off;\n${paths.join('\n')}\n${own}\n}\n`,
    )
    const tried = spawnSync(nginx ?? '', ['-t', '-e', join(folder, 'log'), '-c', join(folder, 'conf')], {
      encoding: 'utf8',
    })
    expect(tried.stderr).toContain('test is successful')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.skipIf(!caddy)('Caddy takes its file', () => {
  const args = ['adapt', '--config', join(deploy, 'proxy/Caddyfile'), '--validate']
  const tried = spawnSync(caddy ?? '', args, { encoding: 'utf8', env: { ...process.env, SITE: 'scores.example' } })
  expect([tried.stderr, tried.status]).toEqual([expect.not.stringContaining('Error'), 0])
  expect(tried.stdout).toContain('reverse_proxy')
  // The policy names the same one at each try: one that is gone has to be known as gone.
  expect(tried.stdout).toMatch(/"passive":\{"fail_duration":[1-9]/)
})

test.skipIf(!promtool)('Prometheus takes the alerts, which tell of what they wait for and of nothing else', () => {
  const tried = spawnSync(promtool ?? '', ['test', 'rules', join(deploy, 'alerts.test.yml')], { encoding: 'utf8' })
  expect([tried.stderr, tried.status]).toEqual(['', 0])
})

test.skipIf(!systemd).each(['blindscore.service', 'blindscore@8788.service'])('systemd takes %s', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'unit-'))
  // What it starts is not installed here.
  const put = (file: string, as: string) =>
    writeFileSync(join(folder, as), read(`systemd/${file}`).replace('/usr/bin/node', process.execPath))
  try {
    put('blindscore.service', name.replace(/@.*\./, '@.'))
    mkdirSync(join(folder, 'blindscore@.service.d'))
    put('blindscore@.service.d/processes.conf', 'blindscore@.service.d/processes.conf')
    const tried = spawnSync(systemd ?? '', ['verify', '--man=no', join(folder, name)], { encoding: 'utf8' })
    expect(tried.stderr.split('\n').filter((line) => /blindscore@?.*\.(service|conf)/.test(line))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
