import type { Plugin } from 'vite'

export function privateHalfInKeyWorkers(report?: string): Plugin
