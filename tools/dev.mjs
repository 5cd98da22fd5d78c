// A development session: compiler, scoring server and Vite, each starting anew when its sources change. Vite serves
// the page and passes the API's paths on to the server. Arguments go to the server (npm run dev -- --models DIR).
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const port = process.env.BLINDSCORE_API_PORT ?? '8787'
const modules = (/** @type {string} */ path) => join(root, 'node_modules', path)

const commands = [
  [modules('typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'],
  [
    '--watch',
    '--watch-preserve-output',
    join(root, 'dist/cli/blindscore.js'),
    'serve',
    '--port',
    port,
    ...process.argv.slice(2),
  ],
  [modules('vite/bin/vite.js')],
]
const children = commands.map((args) =>
  spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, BLINDSCORE_API_PORT: port } }),
)
const end = () => {
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end)
for (const child of children) {
  child.on('exit', (code) => {
    process.exitCode ||= code ?? 0
    end()
  })
}
