export { serveSse, type SseRequest } from '../sse/serve-sse.js';
export { POLL_WAIT, servePoll, type PollRequest } from '../poll/serve-poll.js';
export { CURSOR_LIMITS, decodeCursor, encodeCursor } from '../cursor/cursor.js';
export { isAllowedOrigin } from '../origin.js';
