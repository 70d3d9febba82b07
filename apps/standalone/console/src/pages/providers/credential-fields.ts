import type { en } from '../../i18n/en/index';

export type ProviderName = keyof typeof en.providers.about;

export interface CredentialField {
  /** As the API calls it. */
  readonly name: string;
  /** `file`: JSON; the whole credentials where the name is empty. */
  readonly kind: 'text' | 'secret' | 'lines' | 'file' | 'choice';
  readonly isOptional?: boolean;
  readonly choices?: readonly string[];
  readonly example?: string;
}

const text = (name: string, example?: string): CredentialField => ({ name, kind: 'text', example });
const secret = (name: string): CredentialField => ({ name, kind: 'secret' });
const optional = (field: CredentialField): CredentialField => ({ ...field, isOptional: true });
const channels = ['channelIm', 'channelMarketing'].map((name) => optional(text(name)));

/** What docs/providers.md names; what is rarer goes into the JSON beneath. Secrets are written, never read. */
export const CREDENTIALS: Record<ProviderName, readonly CredentialField[]> = {
  apns: [
    text('teamId', 'ABCDE12345'),
    text('keyId', 'ABC123DEFG'),
    text('topic', 'com.example.app'),
    { name: 'environment', kind: 'choice', choices: ['production', 'sandbox'] },
    { name: 'key', kind: 'lines', example: '-----BEGIN PRIVATE KEY-----' },
  ],
  fcm: [{ name: 'serviceAccount', kind: 'file' }],
  webpush: [text('subject', 'mailto:ops@example.com'), text('publicKey'), secret('privateKey')],
  hms: [text('appId'), secret('clientSecret'), optional(text('clientId'))],
  harmony: [{ name: '', kind: 'file' }],
  honor: [text('appId'), text('clientId'), secret('clientSecret')],
  xiaomi: [text('packageName', 'com.example.app'), secret('appSecret'), ...channels],
  oppo: [text('appKey'), secret('masterSecret'), ...channels],
  vivo: [text('appId'), text('appKey'), secret('appSecret')],
  meizu: [text('appId'), secret('appSecret')],
  webhook: [text('url', 'https://example.com/push'), secret('secret')],
};

export const PROVIDERS = Object.keys(CREDENTIALS) as readonly ProviderName[];
