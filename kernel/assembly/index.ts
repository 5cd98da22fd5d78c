// What the module exports: raw pointers, no checks. loader.ts gives it types, public.ts and private.ts meaning.
export { readBytes, writeBytes } from './bytes'
export { fused } from './lanes'
export { canonical, join, lift, liftMultiply, liftSquare, prepareLifted } from './lifted'
export { start } from './memory'
export { modulusBytes, multiply, prepareModulus, reduce, select, square } from './modulus'
export { base, beginResidue, joinResidue, open, ownerBytes, prepareOwner, prepareWhole } from './owner'
export { power, powerBytes } from './power'
export {
  beginInversion,
  endInversion,
  finish,
  fromMontgomery,
  liftPlaintext,
  load2,
  loadMany,
  preparePublic,
  productOf,
  run,
  runModuloN,
  setMontgomeryOne,
  setOne,
  setPowerOfR,
  store2,
  toMontgomery,
} from './public'
export { prepareSeal, seal, sealBytes } from './seal'
export { beginProduct, endProduct, fillRow, multiplyRow, multiplyRows } from './table'
export { repeat } from './testing'
