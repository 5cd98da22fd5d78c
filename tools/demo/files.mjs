// Two windows of the demo are two servers, with a secret each: a file that one's card is in is another card's to the other.
export function fileRoutes() {}
