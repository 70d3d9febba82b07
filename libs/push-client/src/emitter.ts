type Handler = (payload: never) => unknown;

/** What came of handing a payload to every handler of an event. */
export interface HandlerRun {
  /** What handlers threw at once. */
  failures: unknown[];
  /** What handlers are still busy with. */
  pending: PromiseLike<unknown>[];
}

/** Typed events. A handler that throws or rejects never disturbs another one, nor the one who emits. */
export class Emitter<Events> {
  private readonly handlers = new Map<keyof Events, { handler: Handler }[]>();

  constructor(private readonly onFailure: (event: keyof Events, error: unknown) => void) {}

  /** Returns what unsubscribes. The same function subscribed twice runs twice. */
  on<E extends keyof Events>(event: E, handler: (payload: Events[E]) => unknown): () => void {
    const entry = { handler: handler as Handler };
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), entry]);
    return () => {
      const left = (this.handlers.get(event) ?? []).filter((other) => other !== entry);
      this.handlers.set(event, left);
    };
  }

  has(event: keyof Events): boolean {
    return (this.handlers.get(event)?.length ?? 0) > 0;
  }

  /** Runs all handlers and leaves the judgement to the caller. */
  run<E extends keyof Events>(event: E, payload: Events[E]): HandlerRun {
    const failures: unknown[] = [];
    const pending: PromiseLike<unknown>[] = [];
    for (const { handler } of this.handlers.get(event) ?? []) {
      try {
        const result = (handler as (payload: Events[E]) => unknown)(payload);
        if (isPromiseLike(result)) pending.push(result);
      } catch (error) {
        failures.push(error);
      }
    }
    return { failures, pending };
  }

  /** Runs all handlers; what fails is told to `onFailure`. */
  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    const { failures, pending } = this.run(event, payload);
    for (const error of failures) this.onFailure(event, error);
    for (const promise of pending) {
      promise.then(undefined, (error: unknown) => this.onFailure(event, error));
    }
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
