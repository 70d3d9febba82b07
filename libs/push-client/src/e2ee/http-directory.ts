import type { KeyBundle } from './bundle.js';
import type { KeyDirectory } from './key-directory.js';

export interface HttpDirectoryOptions {
  /** Of your backend, for instance `https://api.your.org/keys`. */
  url: string;
  /** Headers that say who asks. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Default: the global one. */
  fetch?: (
    url: string,
    init: { method: string; headers: Record<string, string>; body?: string },
  ) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;
}

/**
 * A directory behind three routes of your backend:
 *
 * - `POST {url}/query` with `{"users": […]}` answers `{"bundles": […]}`;
 * - `PUT {url}/{user}/{device}` with a bundle; take it only from that user, and only where its `user` and `device` are those of the path;
 * - `DELETE {url}/{user}/{device}`.
 */
export class HttpDirectory implements KeyDirectory {
  constructor(private readonly options: HttpDirectoryOptions) {}

  async bundlesOf(users: readonly string[]): Promise<readonly unknown[]> {
    const answer = (await this.call('POST', '/query', { users })) as { bundles?: unknown } | null;
    return Array.isArray(answer?.bundles) ? (answer.bundles as unknown[]) : [];
  }

  async publish(bundle: KeyBundle): Promise<void> {
    await this.call('PUT', pathOf(bundle.user, bundle.device), bundle);
  }

  async remove(user: string, device: string): Promise<void> {
    await this.call('DELETE', pathOf(user, device));
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, headers, fetch = globalThis.fetch.bind(globalThis) } = this.options;
    const answer = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(await headers?.()) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the key directory answered ${answer.status} to ${method}`);
    return method === 'POST' ? answer.json() : undefined;
  }
}

const pathOf = (user: string, device: string): string => `/${encodeURIComponent(user)}/${encodeURIComponent(device)}`;
