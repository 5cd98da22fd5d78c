// The package's index has a client for every database in it; a page needs its memory alone.
export { default as RateLimiterMemory } from '../../node_modules/rate-limiter-flexible/lib/RateLimiterMemory.js'
export { default as RateLimiterRes } from '../../node_modules/rate-limiter-flexible/lib/RateLimiterRes.js'
