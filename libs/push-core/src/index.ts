export { createPush } from './create-push.js';
export type {
  BatchItem,
  BatchOutcome,
  Credentials,
  Guest,
  PublishExtras,
  Push,
  PushStatus,
  MarkRequest,
  Reader,
  RecallResult,
  Ticket,
  Unread,
  UserPresence,
} from './push.js';
export type { Histogram, Meters } from './meters.js';
export type { TraceFacts, TracePoint, Tracer, TraceSpan } from './tracing/tracer.js';
export {
  DEFAULT_LIMITS,
  DEFAULT_RETENTION,
  ROLES,
  type Limits,
  type PushOptions,
  type Retention,
  type Role,
} from './options.js';
export { ERRORS, PushError, isPushError, toPushError, type ErrorCode, type PushErrorDetails } from './errors.js';
export { CLOSE, type CloseReason } from './close-reasons.js';
export type { Listener, PushEventName, PushEvents } from './events.js';
export type { Decision, Hooks, NotifyDecision, Plugin, PublishDecision } from './plugin.js';
export type { Clock, Timer } from './clock/clock.js';
export { systemClock } from './clock/system-clock.js';
export { createIds, messageIdAt, type Ids, type Random } from './ids/ids.js';
export type { Erased } from './erase/erased.js';
export type {
  AudienceSummary,
  CursorSummary,
  Lists,
  MessagesQuery,
  MessageSummary,
  NamesQuery,
  Page,
  PageSize,
  TopicSummary,
  UserSummary,
} from './lists/lists.js';

export type { Audience, DeviceName, Target } from './model/audience.js';
export { targetsOf } from './model/audience.js';
export { erasedName, ERASED_NAMES } from './model/erased-name.js';
export { renewalBucket, renewedEpoch } from './model/renewal.js';
export { audienceWithout, filterWithout, nameInJson, notificationWithout } from './model/without-user.js';
export {
  deviceKey,
  type Device,
  type DeviceRef,
  type DeviceRegistration,
  type ProviderToken,
  type UserRef,
} from './model/device.js';
export { LIMITS } from './model/limits.js';
export { isFor, type Entry, type EntryFilter, type Message } from './model/message.js';
export type {
  Notification,
  Notification as NotificationInput,
  PublishInput,
  PublishOptions,
  PublishResult,
} from './model/publish-input.js';
export {
  batchItemSchema,
  deviceRegistrationSchema,
  idSchema,
  idempotencyKeySchema,
  positionSchema,
  publishSchema,
  topicSchema,
} from './model/schemas.js';
export {
  EVERYBODY,
  isTopic,
  streamKey,
  userOf,
  userStream,
  wireName,
  type Position,
  type StreamId,
  type StreamRef,
  type StreamState,
} from './model/stream.js';
export { createValidator, type JsonSchema, type Validator } from './model/validate.js';

export { FAN_OUT } from './intake/spread.js';
export type { Store } from './store/store.js';
export type {
  EraseBegin,
  ErasedCounts,
  EraseOutcome,
  EraseStep,
  EraseStore,
  EraseSubject,
} from './store/erase-store.js';
export {
  CURSORS_LISTED,
  MESSAGES_LOOKED_AT,
  SUBSCRIBERS_COUNTED,
  type ListedCursor,
  type ListedMessage,
  type ListedTopic,
  type ListedUser,
  type ListStore,
  type MessagesPage,
  type MessagesRequest,
  type NamesRequest,
} from './store/list-store.js';
export type {
  AppendOutcome,
  AppendRequest,
  Idempotency,
  MessageRef,
  MessageStore,
  Place,
  RecalledPlace,
  RecallOutcome,
  ReadPage,
  ReadRequest,
  StoredMessage,
  StoredUsage,
  TrimRequest,
} from './store/message-store.js';
export type { Quota, TenantException, TenantPolicies, TenantPolicy } from './tenants/tenant-policies.js';
export type { AccessStore, Revocation, TicketRecord } from './store/access-store.js';
export type { CursorMove, CursorStore } from './store/cursor-store.js';
export type { DeviceStore, TokenRef } from './store/device-store.js';
export type { ClaimRequest, DeadJob, Job, JobRef, JobStep, JobStore, NewJob, TakeRequest } from './store/job-store.js';
export type {
  ClaimNotifications,
  DecisionStep,
  NotificationCount,
  NotificationKey,
  NotificationRow,
  NotificationState,
  NotificationStore,
} from './store/notification-store.js';
export type { PreferenceStore } from './store/preference-store.js';
export type { Preferences } from './policy/preferences.js';
export type { Setting, SettingKey, SettingStore } from './store/setting-store.js';
export { SECRET_SETTINGS, sealSettings, type Sealer } from './store/sealed-settings.js';
export { tokenDigest } from './model/token-digest.js';
export type { DevicePresence, PresenceMove, PresenceStore } from './store/presence-store.js';
export type { MarksRequest, ReadMark, ReadStore, ThreadPlace, UnreadRequest } from './store/read-store.js';
export type { Follow, Subscriber, Subscription, TopicStore } from './store/topic-store.js';
export type { HostTransaction } from './store/host-transaction.js';
export { createMemoryStore, type MemoryStore } from './store/memory/memory-store.js';

export type {
  AckedHint,
  ArrivedHint,
  Bus,
  BusStatus,
  EntryHint,
  EntryPlace,
  HeadHint,
  Hint,
  ReadHint,
  RecallHint,
  RevokedHint,
  SignalHint,
  SubscriptionsHint,
  TenantHint,
  WorkHint,
} from './cluster/bus.js';
export type { ConsumeOptions, Consumer, NewWork, Queue, QueueDepth, Work, WorkOutcome } from './cluster/queue.js';
export { InProcessQueue, type DeadLetter, type Reply } from './cluster/in-process-queue.js';
export { InProcessBusHub } from './cluster/in-process-bus.js';
export type { Authentication, Authenticator, Identity } from './online/authenticator.js';
export type { AddressedRequest } from './transports/client-address.js';
export { isProxyRange } from './transports/trusted-proxies.js';
export type { Arrival, Connect, Link, LinkHandler } from './transports/transport.js';
export { SharedFrame, type Codec } from './transports/shared-frame.js';
export type { MessageCounts, MessageReport, MessageState } from './receipts/message-report.js';
export type { EntriesQuery, Inbox, InboxEntry, InboxQuery } from './receipts/inbox.js';
export { ConservationAudit, type Conservation, type ConservationOptions } from './receipts/conservation-audit.js';
export { REASONS, type ReasonCode } from './receipts/reasons.js';
export type {
  Explanation,
  NotificationReport,
  Notifications,
  OfflineOptions,
  ProviderState,
  Step,
} from './offline/notifications.js';
export type { Composed, Retraction } from './offline/composed.js';
export type { PolicySettings, Privacy, Rule, RuleMatch } from './policy/policy.js';
export { policySettingsSchema, preferencesSchema, POLICY_LIMITS } from './policy/policy-schemas.js';
export { policySettings } from './policy/read-policy-settings.js';
export { preferences } from './policy/read-preferences.js';
export type {
  Address,
  CheckResult,
  MessageClass,
  Provider,
  ProviderFactory,
  ProviderTools,
  ProviderTraits,
  RetractRequest,
  SendRequest,
  SendResult,
  SendResultKind,
} from './providers/provider.js';
