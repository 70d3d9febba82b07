/**
 * What is said where the tenant has no text of its own. `hidden.*` stand where privacy keeps a text back, so they say nothing about it;
 * `digest.body` stands for several messages of a thread.
 */
export const BUILT_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.freeze({
  'digest.body': {
    en: '{count, plural, one {# new} other {# new}} in {title}',
    zh: '{title}有 {count, number} 条新消息',
    'zh-Hant': '{title}有 {count, number} 則新訊息',
  },
  'hidden.title': { en: 'Notification', zh: '通知', 'zh-Hant': '通知' },
  'hidden.body': { en: 'New message', zh: '新消息', 'zh-Hant': '新訊息' },
  'hidden.digest': {
    en: '{count, plural, one {# new message} other {# new messages}}',
    zh: '{count, number} 条新消息',
    'zh-Hant': '{count, number} 則新訊息',
  },
});
