import type { ErrorFrame, GapFrame, PushFrame, ReadNoticeFrame, RecallFrame, SignalFrame } from '../../wire.js';

/** An entry, as the application on the device is handed it. */
export interface DeviceMessage<T = unknown> {
  readonly id: string;
  readonly type: string;
  readonly thread?: string;
  readonly data: T;
  /** `@me`, `@all` or a topic. */
  readonly stream: string;
  readonly seq: number;
  /** When it was accepted. Unix milliseconds. */
  readonly at: number;
}

export interface DeviceSignal<T = unknown> {
  readonly type: string;
  readonly thread?: string;
  readonly data: T;
}

/** What a device is told beside entries and signals, as it travels. */
export type DeviceNotice = ReadNoticeFrame | RecallFrame | GapFrame | ErrorFrame;
export type NoticeOf<K extends DeviceNotice['op']> = Extract<DeviceNotice, { op: K }>;

export const messageOf = ({ s, seq, id, type, thread, data, at }: PushFrame): DeviceMessage => ({
  id,
  type,
  ...(thread === undefined ? {} : { thread }),
  data,
  stream: s,
  seq,
  at,
});

export const signalOf = ({ type, thread, data }: SignalFrame): DeviceSignal => ({
  type,
  ...(thread === undefined ? {} : { thread }),
  data,
});
