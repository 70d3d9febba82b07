export { fallback } from './fallback.js';
export type { FallbackOptions } from './fallback.js';
export { poll, sse } from './over-http.js';
export type { HttpOptions } from './over-http.js';
export type { Fetch, HttpAnswer, HttpBody, HttpRequest } from './http-door.js';
