// Compiles assembly/ to two modules and writes them, embedded, as built/module.ts. Run: node kernel/build.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import asc from 'assemblyscript/asc'

const here = dirname(fileURLToPath(import.meta.url))
// 64 MiB: a worker's whole memory at the default key size, its residue table included (README.md, Memory).
const pages = 1024

const options = ['--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--converge', '--use', 'abort=']
const memory = ['--initialMemory', '1', '--maximumMemory', `${pages}`]
/** Products split by a fused multiply-add, and by integers where there is none; and the bytes that each may have. */
const features = {
  fused: { enabled: 'simd,relaxed-simd', limit: 24 * 1024 },
  plain: { enabled: 'simd', limit: 28 * 1024 },
}

const modules = []
for (const [name, { enabled, limit }] of Object.entries(features)) {
  const module = await compile([...options, ...memory, '--enable', enabled, '--disableWarning', '112'])
  if (module.length > limit) throw new Error(`The ${name} module has ${module.length} bytes, more than ${limit}.`)
  modules.push(`  ${name}: {
    memoryFlag: ${memoryFlag(module)},
    base64:
      '${Buffer.from(module).toString('base64')}',
  },
`)
  console.log(`kernel: ${name}, ${module.length} bytes`)
}
mkdirSync(join(here, 'built'), { recursive: true })
writeFileSync(
  join(here, 'built/module.ts'),
  `// Written by kernel/build.mjs.
export const memoryPages = ${pages}
/** WebAssembly, and where the byte stands that says whether the imported memory is shared: 1 no, 3 yes. */
export const modules = {
${modules.join('')}} as const
`,
)

async function compile(flags) {
  let bytes
  const files = ['index.ts', '--outFile', 'kernel.wasm', '--baseDir', join(here, 'assembly')]
  const { error, stderr } = await asc.main([...files, ...flags], {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) bytes = contents
    },
  })
  if (error) throw new Error(`${error.message}\n${stderr}`)
  return bytes
}

/** The one import is a memory with a maximum; its limits begin with the flag byte. */
function memoryFlag(module) {
  setFlagsFromString('--experimental-wasm-relaxed-simd')
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module))
  const name = Buffer.from('\x03env\x06memory\x02\x01', 'latin1')
  const at = Buffer.from(module).indexOf(name)
  if (at < 0 || imports.length !== 1) throw new Error('The module should import a memory and nothing else.')
  return at + name.length - 1
}
