/** How spans are written. */
export interface TracingOptions {
  /** The name of the instrumentation scope. Default `nest-push`. */
  readonly scope?: string;
  /** Puts ids of users and devices into spans. Default false: a trace is read by more people than a log. */
  readonly users?: boolean;
}
