import { isPushError, type PushError } from '../errors.js';
import { names } from '../model/names.js';
import { clientFrameSchemas, topicSchema } from '../model/schemas.js';
import { createValidator, type JsonSchema } from '../model/validate.js';
import type { Connect } from '../transports/transport.js';
import type { ConnectFrame } from '../wire.js';
import type { Identity } from './authenticator.js';

const checkFrame = createValidator<Partial<ConnectFrame>>(clientFrameSchemas.connect as JsonSchema, 'connect');
const checkFollow = createValidator<Pick<Connect, 'follow'>>(
  { type: 'object', properties: { follow: { type: 'array', items: topicSchema } } },
  'connect',
);

/**
 * What is wrong with a connect that came in no frame, but out of a request or from the host: it may be what the client said, as
 * the host found it. Undefined where nothing is.
 */
export function connectProblem(connect: Connect, identity?: Identity): PushError | undefined {
  const { device, resume, follow, window } = connect;
  try {
    // Infinity where acknowledgements come with the next link; whatever else is held to what a frame may ask for.
    checkFrame({ op: 'connect', device, resume, window: window === Infinity ? undefined : window });
    checkFollow({ follow });
    if (identity) {
      names.tenant(identity.tenant);
      names.user(identity.user);
    }
    return undefined;
  } catch (error) {
    if (isPushError(error)) return error;
    throw error;
  }
}
