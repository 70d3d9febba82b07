import type { ConnectedFrame, PushClient } from 'push-client';
import { note } from './log';

/** Every event of the client as a line of the log. */
export function watch(client: PushClient): void {
  client.on('state', ({ from, to }) => note('state', `${from} → ${to}`, to === 'connected' ? 'good' : 'wait'));
  client.on('transport', ({ from, to }) => note('transport', from === undefined ? to : `${from} → ${to}`, 'good'));
  client.on('connected', (frame) => note('connected', greeting(frame), recoveryTone(frame)));
  client.on('disconnected', ({ code, reason, reconnect }) =>
    note('disconnected', `${code}${reason === '' ? '' : ` · ${reason}`}${reconnect ? '' : ' · for good'}`, 'bad'),
  );
  client.on('gap', ({ s, from, to, reason }) => note('gap', `${s} ${from}–${to} lost · ${reason}`, 'bad'));
  client.on('skip', ({ s, from, to, reason }) => note('skip', `${s} ${from}–${to} · ${reason}`));
  client.on('reset', ({ stream, info }) => note('reset', `${stream} begins anew · head ${info.head}`, 'bad'));
  client.on('message', ({ s, seq, type }) => note('message', `${s} #${seq} · ${type}`));
  client.on('recall', ({ s, seq }) => note('recall', `${s} #${seq}`));
  client.on('read', ({ seq, thread, unread }) => note('read', `${thread ?? '@me'} up to #${seq} · ${unread} unread`));
  client.on('signal', ({ type, thread }) => note('signal', `${type}${thread === undefined ? '' : ` · ${thread}`}`));
  client.on('error', ({ code, message }) => note('error', `${code} · ${message}`, 'bad'));
}

function greeting({ streams, node }: ConnectedFrame): string {
  const told = Object.entries(streams).map(
    ([name, { recovery, from, head }]) => `${name} ${recovery}, ${from === head ? `at ${head}` : `${from} → ${head}`}`,
  );
  return [...told, ...(node === '' ? [] : [`node ${node.slice(0, 8)}`])].join(' · ');
}

function recoveryTone({ streams }: ConnectedFrame): 'good' | 'wait' {
  return Object.values(streams).every(({ recovery }) => recovery === 'complete') ? 'good' : 'wait';
}
