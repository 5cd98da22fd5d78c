import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { withSettings } from '../exampleSettings.ts'

const example = (name: string): string => readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8')

const settings = {
  server: 'https://scores.example/a b',
  model: "it's",
  columns: {
    age: 'Alter (Jahre)',
    "what's this": '"quoted" \\ $HOME `id` é\u2028',
    'line\nbreak': "'; rm -rf /; '",
  },
}

describe('an example with the settings of the moment', () => {
  test('in a shell: every setting is one word, whatever is in it', () => {
    const text = withSettings(example('score.sh'), settings)
    const lines = text.split('\n').filter((line) => !/^(curl|npx|#|$)/.test(line))
    const script = `${lines.join('\n')}\nprintf '%s\\0' "$server" "$model" "$@"`
    const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
    const columns = Object.entries(settings.columns).flatMap(([name, column]) => ['--column', `${name}=${column}`])
    expect(said).toEqual([settings.server, settings.model, ...columns])
  })

  test.each(['score.ts', 'score.playwright.ts'])('in %s: the literals are the settings', (name) => {
    const text = withSettings(example(name), settings)
    const literalAt = (start: string): unknown => {
      const from = text.indexOf(start) + start.length
      const block = text.slice(from).startsWith('{') ? text.slice(from, text.indexOf('\n}\n', from) + 2) : null
      return new Function(`return (${block ?? text.slice(from, text.indexOf('\n', from))})`)()
    }
    expect(literalAt('const server = ')).toBe(settings.server)
    expect(literalAt('const model = ')).toBe(settings.model)
    const columns = literalAt('const columns: Readonly<Record<string, string>> = ') as Record<string, string>
    expect(Object.entries(columns)).toEqual(Object.entries(settings.columns))
  })

  test.each(['score.sh', 'score.ts', 'score.playwright.ts'])('%s stays as it is under its own settings', (name) => {
    const own = { server: 'http://127.0.0.1:8787', model: 'credit-default', columns: {} }
    expect(withSettings(example(name), own)).toBe(example(name))
  })
})
