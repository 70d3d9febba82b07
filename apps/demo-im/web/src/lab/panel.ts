import { signal } from '@preact/signals';
import { api } from '../api/calls';
import { reasonOf } from '../api/request';
import type { Explanation, LabInfo, Message } from '../api/types';
import { line } from './network';
import type { LineState } from './line';
import { note } from './log';

export type LabTab = 'log' | 'explain';

export const isLabOpen = signal(false);
export const labTab = signal<LabTab>('log');
/** The server process that answers, as far as it has said. */
export const node = signal<LabInfo | undefined>(undefined);

export interface Story {
  readonly message: Message;
  /** By person; undefined while it is asked for. */
  readonly told?: Readonly<Record<string, Explanation>>;
  readonly problem?: string;
}

/** What is being explained. */
export const story = signal<Story | undefined>(undefined);

export function openLab(tab: LabTab = labTab.value): void {
  labTab.value = tab;
  isLabOpen.value = true;
}

export function setLine(to: LineState): void {
  if (line.state.value === to) return;
  note('lab', to === 'up' ? 'restored' : to, to === 'up' ? 'good' : 'bad');
  line.change(to);
}

export async function killNode(): Promise<void> {
  note('lab', `kill ${node.value === undefined ? 'the node' : `process ${node.value.pid}`}`, 'bad');
  // No answer is one too: it may be gone before it has said so.
  await api.kill().catch((error: unknown) => note('lab', reasonOf(error)));
}

export async function loadNode(): Promise<void> {
  node.value = await api.lab().catch(() => undefined);
}

export async function explain(message: Message): Promise<void> {
  story.value = { message };
  openLab('explain');
  try {
    const told = await api.explain(message.id);
    if (story.value?.message.id === message.id) story.value = { message, told };
  } catch (error) {
    if (story.value?.message.id === message.id) story.value = { message, problem: reasonOf(error) };
  }
}
