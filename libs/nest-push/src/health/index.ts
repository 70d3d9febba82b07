export { PushHealthIndicator, type PushHealth } from './push-health-indicator.js';
