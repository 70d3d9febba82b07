export { PushHttpModule, type PortSource, type PushHttpOptions } from './push-http.module.js';
export { configureHttp, type HttpSettings } from './configure-http.js';
export type { ApiAuthentication, ApiAuthenticator, Principal, Role } from './api-authenticator.js';
export { PushProblemFilter } from './problem.filter.js';
export { problemOf, sendProblem, type Problem } from './problem.js';
export { API_AUTHENTICATOR, TOKEN_ISSUER } from './http.tokens.js';
// For a host's own calls beside these: the same guard, checks, problem documents and documentation.
export { PushController, Route } from './route.js';
export { callOf, Caller, CheckedInput, type Call, type Input } from './metadata.js';
export type { Access, Answer, JsonBody, Operation, RawBody } from './operation.js';
