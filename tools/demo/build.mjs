import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { inOneFile } from './single.mjs'

// `npm run build:demo`: dist/demo/, to be put on any static host; with --single one file, dist/blindscore.html.
const root = fileURLToPath(new URL('../..', import.meta.url))
const single = process.argv.includes('--single')
await build({ configFile: `${root}vite.demo.config.ts`, logLevel: 'error', ...(single && { mode: 'single' }) })
if (single) {
  writeFileSync(`${root}dist/blindscore.html`, inOneFile(`${root}dist/demo-parts/`))
  rmSync(`${root}dist/demo-parts`, { recursive: true })
}
if (process.argv.includes('--say')) {
  const made = single
    ? 'dist/blindscore.html is the demo in one file'
    : 'dist/demo is the demo: put its files on any host'
  console.error(`blindscore: ${made}`)
}
