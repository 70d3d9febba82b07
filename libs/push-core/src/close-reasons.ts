/** Why a connection is closed. 3000–3499 reconnect, 3500–3999 do not; `replaced` must not come back from the old one. */
export interface CloseReason {
  readonly code: number;
  readonly reason: string;
  readonly reconnect: boolean;
}

const reason = (code: number, text: string, reconnect: boolean): CloseReason =>
  Object.freeze({ code, reason: text, reconnect });

export const CLOSE = Object.freeze({
  draining: reason(3000, 'draining', true),
  slowConsumer: reason(3001, 'slow consumer', true),
  noHeartbeat: reason(3002, 'no heartbeat', true),
  replaced: reason(3003, 'replaced by a newer connection', false),
  overloaded: reason(3004, 'server overloaded', true),
  badToken: reason(3500, 'bad token', false),
  tokenExpired: reason(3501, 'token expired', false),
  revoked: reason(3502, 'revoked', false),
  badFrame: reason(3503, 'bad frame', false),
  protocol: reason(3504, 'protocol violation', false),
  frameTooLarge: reason(3505, 'frame too large', false),
});
