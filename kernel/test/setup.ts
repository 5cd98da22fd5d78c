import { enableRelaxedSimd } from '../node.ts'

// Imported first by the tests in Node: the module must find the flag set.
enableRelaxedSimd()
