import type { APIResponse, Route } from '@playwright/test'

/**
 * What a request is answered. It is asked again where a connection that was kept alive is closed by the server just then: a
 * browser does so by itself, what the tests fetch with does not.
 */
export function fetched(route: Route): Promise<APIResponse> {
  return route.fetch({ maxRetries: 3 })
}
