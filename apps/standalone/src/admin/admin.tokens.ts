/** Injects `Accounts`. */
export const ACCOUNTS = Symbol.for('standalone.accounts');
