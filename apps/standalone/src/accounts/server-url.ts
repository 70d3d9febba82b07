/** Urls of database servers mean the same here as in the store: see docs/configuration.md. */

/**
 * For pg: with what it does not know itself, `search_path` beside `options`, and `sslmode=require` as encryption without
 * a known certificate.
 */
export function postgresUrl(text: string): string {
  const url = new URL(text);
  const { searchParams: more } = url;
  const searchPath = more.get('search_path');
  if (searchPath !== null) {
    more.delete('search_path');
    const setting = `-c search_path=${searchPath.replace(/[\\ ]/g, '\\$&')}`;
    more.set('options', [more.get('options'), setting].filter(Boolean).join(' '));
  }
  if (more.has('sslmode') && !more.has('uselibpqcompat')) more.set('uselibpqcompat', 'true');
  return url.href;
}

/** For mysql2. */
export function mysqlPlace(text: string): Readonly<Record<string, unknown>> {
  const url = new URL(text);
  const socketPath = url.searchParams.get('socket');
  const ssl = url.searchParams.get('ssl');
  return {
    ...(socketPath === null
      ? { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 3306) }
      : { socketPath }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(ssl === 'true' ? { ssl: { rejectUnauthorized: true, verifyIdentity: true } } : {}),
    ...(ssl === 'no-verify' ? { ssl: { rejectUnauthorized: false } } : {}),
  };
}
