export { createIngress, type Ingress, type IngressOptions, type IngressStatus } from './ingress.js';
