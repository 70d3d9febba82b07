/**
 * SQL text in which `"name"` is a name. MySQL and MariaDB quote names with backticks, unless a session asks otherwise; many
 * of the store's are words of theirs.
 */
export const sql = (texts: TemplateStringsArray, ...values: readonly (string | number)[]): string =>
  String.raw({ raw: texts }, ...values).replaceAll('"', '`');
