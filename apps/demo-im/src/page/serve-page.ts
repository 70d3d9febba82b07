import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';

type Answer = ServerResponse & { sendFile(path: string, options: object): void };

/** Everything else is the page's: its own routes are paths too. */
const NOT_THE_PAGE = /^\/(api|v1|healthz|readyz|openapi\.json|metrics)(\/|$)|\.[a-z0-9]+$/i;
const ASK_EACH_TIME = 'no-cache';
const NEVER_CHANGES = 'public, max-age=31536000, immutable';

/** Serves what Vite has built: files by their names, and `index.html` for every path of the page. */
export function servePage(app: NestExpressApplication, folder: string): void {
  const index = join(folder, 'index.html');
  app.useStaticAssets(folder, {
    index: 'index.html',
    // The names of built files change with their content; the page itself and its service worker keep theirs.
    setHeaders: (response: ServerResponse, path: string) =>
      response.setHeader('Cache-Control', path.includes(`${sep}assets${sep}`) ? NEVER_CHANGES : ASK_EACH_TIME),
  });
  app.use((request: IncomingMessage, response: Answer, next: () => void) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const isAsked = request.method === 'GET' || request.method === 'HEAD';
    if (!isAsked || NOT_THE_PAGE.test(path)) return next();
    if (existsSync(index)) return response.sendFile(index, { headers: { 'Cache-Control': ASK_EACH_TIME } });
    response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('The page is not built yet: npm run build\n');
  });
}
