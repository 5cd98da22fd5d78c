// Compiles each kernel's assembly/ to two modules and writes them, embedded, as built/NAME.ts. Run: node kernel/build.mjs
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { deflateRawSync } from 'node:zlib'
import asc from 'assemblyscript/asc'

const here = dirname(fileURLToPath(import.meta.url))
// 64 MiB: a worker's whole memory at the default key size, its residue table included (README.md, Memory).
const pages = 1024

const options = ['--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--converge', '--use', 'abort=']
const memory = ['--initialMemory', '1', '--maximumMemory', `${pages}`]
/** By fused multiply-adds, and where there are none by what plain SIMD has. */
const features = { fused: 'simd,relaxed-simd', plain: 'simd' }
/** Where each kernel's source is, the most bytes that its modules may have, and how much is given up for fewer: 0 nothing. */
const kernels = [
  { name: 'module', source: 'assembly', shrink: '0', limits: { fused: 24 * 1024, plain: 28 * 1024 } },
  { name: 'lattice', source: 'lattice/assembly', shrink: '1', limits: { fused: 16 * 1024, plain: 16 * 1024 } },
]
/** Of zlib's ways to cut so few bytes into blocks, the one that makes the fewest. */
const compression = { level: 9, memLevel: 6 }

mkdirSync(join(here, 'built'), { recursive: true })
for (const { name, source, shrink, limits } of kernels) {
  const flags = [...options, ...memory, '--shrinkLevel', shrink, '--disableWarning', '112']
  const modules = []
  const all = []
  let length = 0
  for (const [by, limit] of Object.entries(limits)) {
    const module = await compile(source, [...flags, '--enable', features[by]])
    if (module.length > limit) throw new Error(`${name}, ${by}, has ${module.length} bytes, more than ${limit}.`)
    modules.push(`  ${by}: { from: ${length}, to: ${length + module.length}, memoryFlag: ${memoryFlag(module)} },\n`)
    all.push(module)
    length += module.length
    console.log(`kernel: ${name}, ${by}, ${module.length} bytes`)
  }
  writeFileSync(
    join(here, `built/${name}.ts`),
    `// Written by kernel/build.mjs.
export const memoryPages = ${pages}
/** Where each module's bytes stand, and in them the byte that says whether the imported memory is shared: 1 no, 3 yes. */
export const modules = {
${modules.join('')}} as const
/** WebAssembly: the modules one after the other, which have much in common, by DEFLATE (RFC 1951) in base64. */
export const packed =
  '${deflateRawSync(Buffer.concat(all), compression).toString('base64')}'
`,
  )
}

async function compile(source, flags) {
  let bytes
  const files = ['index.ts', '--outFile', 'kernel.wasm', '--baseDir', join(here, source)]
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
  // A newer Node needs no flag for it and has none: V8 would print that it knows none.
  if (!WebAssembly.validate(module)) setFlagsFromString('--experimental-wasm-relaxed-simd')
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module))
  const name = Buffer.from('\x03env\x06memory\x02\x01', 'latin1')
  const at = Buffer.from(module).indexOf(name)
  if (at < 0 || imports.length !== 1) throw new Error('The module should import a memory and nothing else.')
  return at + name.length - 1
}
