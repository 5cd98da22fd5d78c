/**
 * Proof that this worker has no network. A request that fails shows nothing: a server may be away. What shows it is the
 * browser's own report of a request that its policy refused, which names the whole policy; the address is one that no
 * network is needed for, so that nothing is sent while it is asked.
 */

/** A policy's value, as in a header or in `SecurityPolicyViolationEvent.originalPolicy` (CSP Level 3, 2.2). */
export function refusesNetwork(policy: string): boolean {
  const directives = new Map<string, readonly string[]>()
  for (const part of policy.split(';')) {
    const [name = '', ...sources] = part.trim().toLowerCase().split(/\s+/)
    // The first of a name counts.
    if (name !== '' && !directives.has(name)) directives.set(name, sources)
  }
  const sourcesOf = (name: string): readonly string[] => directives.get(name) ?? directives.get('default-src') ?? ['*']
  const isNone = (source: string): boolean => source === "'none'"
  // A script that could be fetched would carry data in its address.
  const noScripts = sourcesOf('script-src').every((source) => isNone(source) || source === "'wasm-unsafe-eval'")
  return sourcesOf('connect-src').every(isNone) && noScripts
}

/** As much of a worker's global scope as the probe needs. */
export interface ProbedScope {
  fetch(address: string): Promise<unknown>
  addEventListener(type: 'securitypolicyviolation', listener: (event: { originalPolicy: string }) => void): void
}

/** How long the browser's report may take after the refusal, in milliseconds. */
const reportWithin = 2000

/** Whether a policy that is in force here refuses every connection. */
export function provesNoNetwork(scope: ProbedScope = self as unknown as ProbedScope): Promise<boolean> {
  return new Promise((resolve) => {
    scope.addEventListener('securitypolicyviolation', ({ originalPolicy }) => {
      if (refusesNetwork(originalPolicy)) resolve(true)
    })
    scope.fetch('data:,probe').then(
      () => resolve(false),
      () => setTimeout(() => resolve(false), reportWithin),
    )
  })
}
