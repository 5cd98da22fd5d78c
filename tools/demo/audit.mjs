// The server of a page keeps no log of answers.
export function auditRoutes() {}
