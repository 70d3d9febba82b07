/** Map key of something inside a tenant; tenants hold no white space, so a space separates safely. */
export const pair = (tenant: unknown, name: unknown): string => `${tenant as string} ${name as string}`;
