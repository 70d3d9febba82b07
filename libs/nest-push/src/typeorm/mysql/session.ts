import { PushError } from 'push-core';
import type { Row } from '../sql-connection.js';
import type { Step } from '../steps.js';
import type { Driver, DriverConnection } from './driver.js';
import { isGone, SessionLost } from './errors.js';
import type { MysqlLocation } from './location.js';

/** What a server is willing to take is known only when it has said so. */
const UNKNOWN_PACKET_BYTES = 1024 * 1024;
/** What a statement needs beside its text. */
const OVERHEAD_BYTES = 64;
/** For the goodbye. */
const PARTING_MS = 1000;

/**
 * One connection to the server; statements one at a time.
 *
 * connecting → usable → lost. Lost is for ever, and by whatever: an error of the network, the server's own wish, or
 * `destroy`. What was asked then rejects with SessionLost at once, also when the network is silent. Nothing is ever
 * thrown elsewhere.
 */
export class Session {
  /** Larger statements the server refuses, and the connection with them. */
  maxPacketBytes = UNKNOWN_PACKET_BYTES;
  private loss?: SessionLost;
  private fail?: (error: SessionLost) => void;

  private constructor(readonly connection: DriverConnection) {
    connection.on('error', (cause) => this.lose(new SessionLost('The connection to the database broke', cause)));
    connection.on('end', () => this.lose(new SessionLost('The database closed the connection')));
  }

  /** Rejects with what the driver says, or with SessionLost when `timeoutMs` are over. */
  static async open(driver: Driver, location: MysqlLocation, timeoutMs: number): Promise<Session> {
    const { relaxedDurability: _, driver: __, ...place } = location;
    const connection = driver.createConnection({
      ...place,
      charset: 'UTF8MB4_BIN',
      connectTimeout: timeoutMs,
      supportBigNumbers: true,
      bigNumberStrings: false,
      decimalNumbers: true,
      multipleStatements: true,
    });
    const session = new Session(connection);
    // The driver's own timeout ends when the server has said hello.
    const timer = setTimeout(() => session.destroy('The database did not answer'), timeoutMs);
    try {
      await session.waitFor((done) => connection.connect(done));
      return session;
    } catch (error) {
      session.destroy('The connection failed');
      throw error instanceof SessionLost && fromServer(error.cause) ? error.cause : error;
    } finally {
      clearTimeout(timer);
    }
  }

  get usable(): boolean {
    return this.loss === undefined;
  }

  /**
   * Statements in one exchange; the rows of the last, where it has any. What follows one that fails is not done. Rejects
   * with SessionLost, or with what the server says.
   */
  async run(...steps: readonly Step[]): Promise<Row[]> {
    const text = steps.map(({ sql }) => sql).join(';');
    const parameters = steps.length === 1 && steps[0] ? steps[0].parameters : steps.flatMap((one) => one.parameters);
    this.mustFit(text, parameters);
    const answers = await this.waitFor((done) => this.connection.query(text, parameters, done));
    const last = steps.length === 1 ? answers : (answers as readonly unknown[]).at(-1);
    return Array.isArray(last) ? (last as Row[]) : [];
  }

  /** `work` is done on the connection by somebody else; rejects when the connection is lost meanwhile. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.waitFor((done) => void work.then((answer) => done(null, answer), done)) as Promise<T>;
  }

  destroy(why: string): void {
    this.lose(new SessionLost(why));
  }

  /** Says goodbye; resolves when the connection is closed, for which it does not wait long. */
  async end(): Promise<void> {
    if (!this.usable) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PARTING_MS);
      this.connection.on('end', () => resolve());
      this.connection.end(resolve);
    });
    clearTimeout(timer);
    this.destroy('The store is closed');
  }

  private mustFit(text: string, parameters: readonly unknown[]): void {
    const { maxPacketBytes } = this;
    let characters = text.length;
    for (const one of parameters) if (typeof one === 'string') characters += one.length;
    // A character is three bytes at most, or two where it is escaped.
    if (characters * 3 < maxPacketBytes) return;
    if (Buffer.byteLength(this.connection.format(text, parameters)) < maxPacketBytes - OVERHEAD_BYTES) return;
    throw new PushError(
      'TOO_LARGE',
      `Larger than the ${maxPacketBytes} bytes the database takes at once: raise its max_allowed_packet`,
    );
  }

  private waitFor(ask: (done: (error: unknown, answer?: unknown) => void) => void): Promise<unknown> {
    if (this.loss) return Promise.reject(this.loss);
    return new Promise((resolve, reject) => {
      this.fail = reject;
      ask((error, answer) => {
        this.fail = undefined;
        if (error) reject(this.judge(error));
        else resolve(answer);
      });
    });
  }

  private judge(error: unknown): Error {
    // The text of the statement, which holds what users wrote.
    (error as { sql?: string }).sql = undefined;
    if (!isGone(error) && (error as { fatal?: unknown }).fatal !== true) return error as Error;
    const loss = new SessionLost('The connection to the database broke', error);
    this.lose(loss);
    return fromServer(error) && !isGone(error) ? (error as Error) : loss;
  }

  private lose(loss: SessionLost): void {
    if (this.loss) return;
    this.loss = loss;
    // Closed the polite way, a connection to a silent server would stay half open for minutes.
    this.connection.stream.destroy();
    this.fail?.(loss);
    this.fail = undefined;
  }
}

/** The server said it, not the network. */
const fromServer = (error: unknown): boolean => ((error as { errno?: number } | undefined)?.errno ?? 0) > 0;
