import type { IncomingMessage, ServerResponse } from 'node:http';
import { PushError } from 'push-core';
import { bearerIn, isConsoles, isHttps, sessionCookies } from './console-request.js';
import type { Desk } from './desk.js';
import type { StoredPerson } from './people.js';
import { LONGEST_MS } from './session-store.js';

export interface SignedIn {
  readonly bearer: string;
  readonly person: StoredPerson;
}

/** Where sessions begin and end: cookies in, cookies out. */
export class SessionDoor {
  constructor(private readonly desk: Desk) {}

  /** Throws for a call that is not of the console's own pages: signing in is nothing a page elsewhere may do for somebody. */
  refuseOthers(request: IncomingMessage): void {
    if (!isConsoles(request, this.desk.settings.publicOrigin))
      throw new PushError('NOT_ALLOWED', "Only the console's own pages may do this, with the header X-Push-Console: 1");
  }

  /** Who has signed in, where the call is of the console's own pages. */
  async find(request: IncomingMessage): Promise<SignedIn | undefined> {
    if (!isConsoles(request, this.desk.settings.publicOrigin)) return undefined;
    const bearer = bearerIn(request);
    const person = bearer && (await this.desk.sessions.personOf(bearer, this.desk.clock.now()));
    return bearer && person ? { bearer, person } : undefined;
  }

  /** A session of its own, whatever the browser had before. */
  async letIn(request: IncomingMessage, response: ServerResponse, person: StoredPerson): Promise<void> {
    const before = bearerIn(request);
    if (before !== undefined) await this.desk.sessions.end(before);
    const bearer = await this.desk.sessions.begin(person.id, this.desk.clock.now());
    const https = isHttps(request, this.desk.settings.publicOrigin);
    response.setHeader('Set-Cookie', sessionCookies(bearer, https, LONGEST_MS / 1000));
  }

  forget(response: ServerResponse): void {
    response.setHeader('Set-Cookie', sessionCookies(undefined, false, 0));
  }
}
