// Nobody runs the server of a page for others, and it has no page to serve.
export function usageRoutes() {}

export function operationRoutes() {}

export function pageResponse() {
  return null
}
