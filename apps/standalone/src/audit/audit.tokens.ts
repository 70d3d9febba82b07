/** Injects `AuditLog`. */
export const AUDIT_LOG = Symbol.for('standalone.audit-log');
/** Injects `AuditStore`. */
export const AUDIT_STORE = Symbol.for('standalone.audit-store');
