import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const COMPRESSED = /^(text\/|application\/|image\/svg)/;

/** Nothing from elsewhere, nothing inline: what a stored message smuggles into a page stays text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzip?: Buffer;
  readonly isPage: boolean;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly hashed: boolean;
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * The console's page at `/console`, from a folder that was built before. All of it is read at the start, so that no path of a request ever
 * reaches the file system. What is no file and no call of the API (`isCall`) is the page itself: it has paths of its own.
 */
export function createConsolePage(folder: string, isCall: (path: string) => boolean): Middleware {
  const assets = readAll(folder);
  const page = assets.get('index.html');
  return (request, response, next) => {
    const path = (request.url ?? '').split(/[?#]/, 1)[0] ?? '';
    const mine = path === '/console' || path.startsWith('/console/');
    if (!page || !mine || (request.method !== 'GET' && request.method !== 'HEAD') || isCall(path)) return next();
    const name = path.slice('/console/'.length);
    const found = assets.get(name) ?? (extname(name) === '' ? page : undefined);
    if (!found) return next();
    send(request, response, found);
  };
}

function send(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  const gzip = asset.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) ? asset.gzip : undefined;
  response.setHeader('Content-Type', asset.type);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('Cache-Control', cachingOf(asset));
  if (!asset.isPage) response.setHeader('ETag', asset.etag);
  if (!asset.isPage && request.headers['if-none-match'] === asset.etag) {
    response.statusCode = 304;
    return void response.end();
  }
  const body = gzip ?? asset.bytes;
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function cachingOf({ isPage, hashed }: Asset): string {
  if (isPage) return 'no-store';
  return hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** By its path in the folder, with slashes. Empty where the page was not built. */
function readAll(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const entry of filesIn(folder)) {
    const type = TYPES[extname(entry)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(folder, entry));
    assets.set(entry.split(sep).join('/'), {
      type,
      bytes,
      gzip: COMPRESSED.test(type) ? gzipSync(bytes) : undefined,
      isPage: extname(entry) === '.html',
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      hashed: /-[\w-]{8,}\.\w+$/.test(entry),
    });
  }
  return assets;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
