// Compiles each module's assembly/ and writes it, embedded, as built/NAME.ts. Run: node kernel/build.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import asc from 'assemblyscript/asc'

const here = dirname(fileURLToPath(import.meta.url))
// 64 MiB: a worker's whole memory at the default key size, its residue table included (README.md, Memory).
const pages = 1024

/** What is built: where its source is, the most bytes it may have, and whether it may use fused multiply-adds. */
const modules = [
  { name: 'module', source: 'assembly', limit: 24 * 1024, relaxed: true },
  { name: 'lattice', source: 'lattice/assembly', limit: 16 * 1024, relaxed: true },
  { name: 'latticePlain', source: 'lattice/assembly', limit: 16 * 1024, relaxed: false },
]

mkdirSync(join(here, 'built'), { recursive: true })
setFlagsFromString('--experimental-wasm-relaxed-simd')
for (const { name, source, limit, relaxed } of modules) {
  const bytes = await compile(join(here, source), relaxed)
  if (bytes.length > limit) throw new Error(`${name} has ${bytes.length} bytes, more than ${limit}.`)
  writeFileSync(
    join(here, `built/${name}.ts`),
    `// Written by kernel/build.mjs: ${bytes.length} bytes of WebAssembly.
export const memoryPages = ${pages}
/** Where the byte stands that says whether the imported memory is shared: 1 no, 3 yes. */
export const memoryFlag = ${memoryFlag(bytes)}
export const base64 =
  '${Buffer.from(bytes).toString('base64')}'
`,
  )
  console.log(`kernel: ${name} has ${bytes.length} bytes`)
}

/** @param {string} folder @param {boolean} relaxed @returns {Promise<Uint8Array>} */
async function compile(folder, relaxed) {
  let bytes = new Uint8Array()
  const options = ['--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--converge', '--disableWarning', '112']
  const memory = ['--initialMemory', '1', '--maximumMemory', `${pages}`, '--use', 'abort=']
  const features = ['--enable', relaxed ? 'simd,relaxed-simd' : 'simd']
  const files = ['index.ts', '--outFile', 'kernel.wasm', '--baseDir', folder]
  const { error, stderr } = await asc.main([...files, ...options, ...features, ...memory], {
    readFile: (name) => {
      try {
        const text = readFileSync(join(folder, name), 'utf8')
        return name.endsWith('mode.ts') && !relaxed ? text.replace('FUSED: bool = true', 'FUSED: bool = false') : text
      } catch {
        return null
      }
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) bytes = contents
    },
  })
  if (error) throw new Error(`${error.message}\n${stderr}`)
  return bytes
}

/** The one import is a memory with a maximum; its limits begin with the flag byte. @param {Uint8Array} bytes */
function memoryFlag(bytes) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes))
  const name = Buffer.from('\x03env\x06memory\x02\x01', 'latin1')
  const at = Buffer.from(bytes).indexOf(name)
  if (at < 0 || imports.length !== 1) throw new Error('The module should import a memory and nothing else.')
  return at + name.length - 1
}
