// Nothing in the page asks for other programs' numbers to be scored.
export function pheRoutes() {}
