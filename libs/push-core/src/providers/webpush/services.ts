/** Push services of browsers, by the host of their endpoints; UnifiedPush servers are anybody's, and in no list. */
const KNOWN = [
  'fcm.googleapis.com',
  'android.googleapis.com',
  'jmt17.google.com',
  'updates.push.services.mozilla.com',
  'push.services.mozilla.com',
  'push.apple.com',
  'notify.windows.com',
];

const isUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** Its word about our credentials counts for others too. */
export const isKnownService = (origin: string): boolean => {
  const { hostname, protocol } = new URL(origin);
  return protocol === 'https:' && KNOWN.some((domain) => isUnder(hostname, domain));
};

/** Takes a subscription away whose pushes show nothing. */
export const isApple = (origin: string): boolean => isUnder(new URL(origin).hostname, 'push.apple.com');
