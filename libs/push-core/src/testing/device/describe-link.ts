import type { CloseReason } from '../../close-reasons.js';
import type { LinkState } from './protocol-client.js';
import { showTime } from './show.js';

const named = ({ code, reason }: CloseReason): string => `${code} ${reason}`;

/** The state of a device's link, as a sentence. */
export function describeLink(state: LinkState): string {
  switch (state.kind) {
    case 'never':
      return 'It has never connected.';
    case 'connecting':
      return `It is connecting since ${showTime(state.since)}, and has no answer.`;
    case 'up':
      return `Its link is up since ${showTime(state.since)}.`;
    case 'half-open': {
      const server = state.noticed ? `the server has closed it: ${named(state.noticed)}` : 'the server has not noticed';
      return `Its link is half-open since ${showTime(state.since)}: nothing gets through; ${server}.`;
    }
    case 'closed':
      return `Its link was closed by the server at ${showTime(state.since)}: ${named(state.reason)}.`;
    case 'dropped':
      return `Its link was dropped at ${showTime(state.since)}.`;
    case 'left':
      return `It closed its link at ${showTime(state.since)}.`;
  }
}
