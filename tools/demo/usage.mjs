// Nobody runs the server of a page for others.
export function usageRoutes() {}
