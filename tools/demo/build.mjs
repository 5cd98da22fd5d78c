import { fileURLToPath } from 'node:url'
import { build } from 'vite'

// `npm run build:demo`: dist/demo/, to be put on any static host.
const root = fileURLToPath(new URL('../..', import.meta.url))
await build({ configFile: `${root}vite.demo.config.ts`, logLevel: 'warn' })
if (process.argv.includes('--say')) console.error('blindscore: dist/demo is the demo: put its files on any host')
