import type { StoredUsage } from '../message-store.js';
import type { MemoryData } from './memory-data.js';

/** What a tenant's messages would take as a database keeps them. */
export function usageInMemory(data: MemoryData, tenant: string): StoredUsage {
  let messages = 0;
  let bytes = 0;
  for (const { message } of data.messages.values()) {
    if (message.tenant !== tenant) continue;
    messages++;
    bytes += bytesOf(JSON.stringify(message.to)) + bytesOf(message.data);
    if (message.notification) bytes += bytesOf(JSON.stringify(message.notification));
  }
  return { messages, bytes };
}

const bytesOf = (text = ''): number => Buffer.byteLength(text);
