import { harmless, timeText, type Output } from '../output.js';
import { segment, type ServerCall } from '../server-call.js';

export interface Explanation {
  readonly id: string;
  readonly user: string;
  readonly outcome: string;
  readonly steps: readonly {
    readonly at?: number;
    readonly what: string;
    readonly text: string;
    readonly device?: string;
    readonly provider?: string;
    readonly reason?: string;
  }[];
}

/** Why a user got a message, or did not. */
export async function explain(id: string, user: string, server: ServerCall, output: Output): Promise<void> {
  const story = await server.get<Explanation>(`/v1/messages/${segment(id)}/explain`, { user });
  output.document(story, () => tell(story, output));
}

export function tell({ user, outcome, steps }: Explanation, output: Output): string {
  const rows = steps.map(({ at, what, text, device, provider }) => [timeText(at), what, device, provider, text]);
  return `${harmless(user)}: ${output.paint('bold', outcome)}\n${output.table(['at', 'what', 'device', 'provider', ''], rows)}`;
}
