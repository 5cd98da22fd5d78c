import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { UsageError } from '../command.ts'
import { optionLines, parseOptions, parseWords } from '../options.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
})

function blindscore(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/blindscore.js'), ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('a word that is no command is named, and does not steer the terminal', () => {
  expect(blindscore('srve')).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^There is no command "srve"\.\n\nUsage: blindscore COMMAND/),
  })
  expect(blindscore('\u001b[31mx').stderr).toContain('There is no command "�[31mx".')
  expect(blindscore('toString').stderr).toContain('There is no command "toString".')
  expect(blindscore()).toMatchObject({ status: 2, stderr: expect.stringMatching(/^Usage/) })
})

test('--version says the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(blindscore('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test('whoever reads no further gets no word of an error', async () => {
  const child = spawn(process.execPath, [join(root, 'dist/cli/blindscore.js'), 'serve', '--help'])
  child.stdout.destroy()
  const said: string[] = []
  child.stderr.on('data', (text) => said.push(String(text)))
  const [status] = await once(child, 'close')
  expect([status, said.join('')]).toEqual([141, ''])
})

test.each([
  ['serve', '--prot', '9000'],
  ['score', '--server', 'here', '--model', 'x', '--loud'],
  ['keys', 'ad', 'x'],
])('what is wrong in what was typed stands alone above how %s is called', (...words) => {
  const { status, stderr } = blindscore(...words)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^[A-Z].*\.?\n\nUsage: blindscore /)])
  expect(stderr.split('\n').length).toBeLessThan(10)
  expect(stderr).not.toMatch(/^ {2}--/m)
})

test('a file that is not there is named in a sentence', () => {
  const { status, stderr } = blindscore('inspect', '/there/is/none')
  expect([status, stderr]).toEqual([1, 'There is no file /there/is/none.\n'])
})

test.each(['serve', 'score', 'check', 'phe', 'demo'])('%s --help lists --help', (name) => {
  expect(blindscore(name, '--help')).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^ {2}--help {2,}this text$/m),
    stderr: '',
  })
})

test.runIf(existsSync('/dev/full'))('output that has no room is said in one line, and ends with 1', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/blindscore.js'), '--help'], {
    encoding: 'utf8',
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^ENOSPC.*\n$/)])
})

test('help and parsing come from one table', () => {
  const options = {
    server: { type: 'string', value: 'URL', about: 'where' },
    column: { type: 'string', value: 'NAME', multiple: true, about: 'which' },
    quiet: { type: 'boolean', about: 'no word' },
  } as const
  expect(optionLines(options).split('\n')).toEqual([
    '  --server URL   where',
    '  --column NAME  which',
    '  --quiet        no word',
    '  --help         this text',
  ])
  const argv = ['--server', 'a', '--column', 'b', '--column=c', '--quiet']
  expect(parseOptions(argv, options)).toEqual({ server: 'a', column: ['b', 'c'], quiet: true })
  expect(parseWords(['x', '--quiet', 'y'], options)).toMatchObject({ values: { quiet: true }, words: ['x', 'y'] })
  for (const wrong of [['x'], ['--srver', 'a'], ['--server'], ['--quiet=1']]) {
    expect(() => parseOptions(wrong, options)).toThrow(UsageError)
  }
})
