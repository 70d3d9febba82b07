export { disableWebPush, enableWebPush } from './enable.js';
export type {
  DisableWebPushOptions,
  EnableWebPushOptions,
  NotificationPermission,
  Permission,
  WebPushState,
} from './enable.js';
export { installPush } from './install.js';
export type { InstallPushOptions } from './install.js';
export { onPushOpened } from './opened.js';
export type { MessageSource, OpenedPush } from './opened.js';
export type { ClosePush, ShowPush } from './payload.js';
export { reportTo } from './report.js';
export type { ReportOptions } from './report.js';
export type { Subscriber, Subscription, WebPushToken } from './subscription.js';
export type {
  NotificationLook,
  PushClients,
  PushRegistration,
  PushWindow,
  PushWorker,
  ShownNotification,
} from './worker-slice.js';
