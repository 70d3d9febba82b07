export { PushResult, type PushResultDecorator } from './push-result.js';
export type { Of, OnFailure, PushCall, PushResultSpec } from './result-spec.js';
export { OnPush, type OnPushDecorator } from './on-push.js';
export {
  change,
  PushHook,
  refuse,
  type Change,
  type HookAbout,
  type HookAnswer,
  type PushHookDecorator,
  type Refusal,
} from './push-hook.js';
export { dead, done, PushConsumer, retry, type ConsumerOutcome, type PushConsumerOptions } from './push-consumer.js';
export { PushProvider, PushStore, PushTransport, type Attached, type TransportHost } from './plugged.js';
export { PushContext, PushDevice, PushPayload, PushTenant, PushUser } from './parameters.js';
