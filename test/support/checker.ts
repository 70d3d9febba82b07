/** What was seen during a run. `message` is the test's own name of it, `device` one installation of one user. */
export type Fact =
  | { kind: 'attempt'; message: string; devices: readonly string[]; conversation: string; order: number }
  | { kind: 'accepted'; message: string }
  /** The client's handler was called with it. */
  | { kind: 'callback'; message: string; device: string; stream: string; epoch: string; seq: number }
  /** It was told that it will not come: expired, recalled, lost to retention. */
  | { kind: 'terminal'; message: string; device: string };

export interface Verdict {
  attempted: number;
  accepted: number;
  callbacks: number;
  /** Accepted, and neither shown on a device it was for nor told off. */
  lost: string[];
  /** Shown more than once on a device. */
  duplicates: string[];
  /** Shown, but never published, or to a device it was not for. */
  unexpected: string[];
  /** Shown before one that its conversation has earlier, or with a `seq` that does not grow. */
  inversions: string[];
  /** Shown although its publish was never answered: allowed. */
  recovered: number;
}

/** The rules of a run without loss; the same for every fault. */
export function check(facts: readonly Fact[]): Verdict {
  const attempts = new Map<string, Extract<Fact, { kind: 'attempt' }>>();
  const accepted = new Set<string>();
  const shown = new Map<string, number>();
  const terminal = new Set<string>();
  const lastOrder = new Map<string, number>();
  const lastSeq = new Map<string, number>();
  const verdict: Verdict = {
    attempted: 0,
    accepted: 0,
    callbacks: 0,
    lost: [],
    duplicates: [],
    unexpected: [],
    inversions: [],
    recovered: 0,
  };

  for (const fact of facts) {
    switch (fact.kind) {
      case 'attempt':
        // A retry of the same message is the same attempt.
        if (!attempts.has(fact.message)) attempts.set(fact.message, fact);
        break;
      case 'accepted':
        accepted.add(fact.message);
        break;
      case 'terminal':
        terminal.add(at(fact.device, fact.message));
        break;
      case 'callback': {
        verdict.callbacks += 1;
        const place = at(fact.device, fact.message);
        const attempt = attempts.get(fact.message);
        if (!attempt?.devices.includes(fact.device)) {
          verdict.unexpected.push(place);
          break;
        }
        const times = (shown.get(place) ?? 0) + 1;
        shown.set(place, times);
        if (times > 1) verdict.duplicates.push(place);

        const conversation = at(fact.device, attempt.conversation);
        const stream = at(fact.device, `${fact.stream} ${fact.epoch}`);
        const isLate =
          attempt.order < (lastOrder.get(conversation) ?? -Infinity) || fact.seq < (lastSeq.get(stream) ?? -Infinity);
        if (isLate) verdict.inversions.push(place);
        lastOrder.set(conversation, Math.max(attempt.order, lastOrder.get(conversation) ?? -Infinity));
        lastSeq.set(stream, Math.max(fact.seq, lastSeq.get(stream) ?? -Infinity));
        break;
      }
    }
  }

  for (const message of accepted) {
    for (const device of attempts.get(message)?.devices ?? []) {
      const place = at(device, message);
      if (!shown.has(place) && !terminal.has(place)) verdict.lost.push(place);
    }
  }
  const shownMessages = new Set([...shown.keys()].map((place) => place.slice(place.indexOf(' ') + 1)));
  verdict.attempted = attempts.size;
  verdict.accepted = accepted.size;
  verdict.recovered = [...shownMessages].filter((message) => !accepted.has(message)).length;
  return verdict;
}

/** Devices hold no white space. */
const at = (device: string, what: string): string => `${device} ${what}`;

/** The figures, for a report. */
export function figures(verdict: Verdict): Record<string, number> {
  return Object.fromEntries(
    Object.entries(verdict).map(([name, value]) => [name, Array.isArray(value) ? value.length : (value as number)]),
  );
}
