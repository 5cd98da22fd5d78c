// Writes public/model.schema.json, the JSON Schema of a model file for editors, from the shape that the code checks. Run it
// after a change of that shape, with what was compiled: npx tsc -b && node tools/schema.mjs, then npx biome check --write public
import { writeFileSync } from 'node:fs'
import * as z from 'zod/mini'

const { modelFile } = await import(new URL('../dist/model/modelFile.js', import.meta.url).href)
const schema = z.toJSONSchema(modelFile, { io: 'input' })
writeFileSync(new URL('../public/model.schema.json', import.meta.url), JSON.stringify(schema))
