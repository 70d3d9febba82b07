import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearerIn, isConsoles } from './console-request.js';

/**
 * Lets the console's pages call the API with the session's cookie: middleware that writes the cookie's bearer into
 * `Authorization`, where the API looks for keys. Only for calls that a page elsewhere cannot make, and never over a key that came with the call.
 */
export const createSessionBridge =
  (publicOrigin: string | undefined) =>
  (request: IncomingMessage, _response: ServerResponse, next: () => void): void => {
    const { headers, url = '' } = request;
    if (
      headers.authorization === undefined &&
      url.toLowerCase().startsWith('/v1/') &&
      isConsoles(request, publicOrigin)
    ) {
      const bearer = bearerIn(request);
      if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
    }
    next();
  };
