/** Injects `Accounts`. */
export const ACCOUNTS = Symbol.for('standalone.accounts');
/** Injects the `EgressGuard`, which judges addresses that tenants give. */
export const EGRESS_GUARD = Symbol.for('standalone.egress-guard');
