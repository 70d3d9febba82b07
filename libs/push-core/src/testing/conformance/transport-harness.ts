import type { Push } from '../../push.js';
import type { Link } from '../../transports/transport.js';
import type { ServerFrame, StreamName } from '../../wire.js';

/** How the suite gets at a transport. One harness serves one test. */
export interface TransportHarness {
  readonly traits: TransportTraits;
  /** Serves the transport with this engine, which has been started, on whatever it listens on. */
  open(push: Push): Promise<TransportSite>;
}

/** What the transport can do. Cases that ask for more are left out, by name. */
export interface TransportTraits {
  /** As `Link.transport` says it. */
  readonly name: string;
  /**
   * How a client signs for entries. `cumulative`: one word for all up to it. `each`: every entry by itself, in order.
   * `on return`: by asking for what comes after them; nothing more arrives before that.
   */
  readonly acknowledges: 'cumulative' | 'each' | 'on return';
  /** As `Link.resends` says it. */
  readonly resends: Link['resends'];
  /** A client can name the position it stopped at when it comes back (`ConnectOptions.resume`). */
  readonly remembers: boolean;
  /** A client can name its window (`ConnectOptions.window`). */
  readonly window: boolean;
  /** What a client hears of beside its entries. */
  readonly carries: readonly ('skip' | 'gap' | 'recall' | 'read' | 'signal')[];
  /** What a client hears of the reason when the server ends its link. */
  readonly goodbye: 'nothing' | 'whether to return' | 'when to return';
}

/** Where the transport is served during one test. */
export interface TransportSite {
  /** Resolves with a client that has asked to come in, whether or not it is let in; a refusal is its `ended`. */
  connect(options: ConnectOptions): Promise<TransportClient>;
  /** Ends what is left of clients, and stops listening. The engine has been closed before. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly token: string;
  readonly device: string;
  /** A `position()` of an earlier client of the device. Absent: the server knows where to continue. */
  readonly resume?: unknown;
  readonly window?: number;
}

/** A client with as little care as possible: it acknowledges nothing by itself and shows what arrives as it arrives. */
export interface TransportClient {
  /**
   * All it was told, in the order of arrival, repeats included, in the words of `push-core/wire`. A harness translates
   * what its transport says otherwise; pushes need `s`, `seq`, `type`, `data` and `thread`.
   */
  readonly frames: readonly ServerFrame[];
  /** Signs for everything of the stream up to `seq`; where traits say `each`, for this entry. */
  acknowledge(s: StreamName, seq: number): void;
  /** Where it stopped, as it would remember it: after everything in `frames`. Undefined where traits say so. */
  position(): unknown;
  /** Takes no more bytes off its socket, until `unpause`. */
  pause(): void;
  unpause(): void;
  /** Cuts the line without a word, as a lost network does. */
  drop(): void;
  /** Leaves politely. */
  close(): void;
  /** Settles once, when the link is gone or was refused, whoever did it. */
  readonly ended: Promise<Ending>;
}

/** What the client knows of the reason. */
export interface Ending {
  /** Absent where nothing was said of it. A refusal of credentials says `false`. */
  readonly reconnect?: boolean;
  /** Milliseconds. */
  readonly afterMs?: number;
}
