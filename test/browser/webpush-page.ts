/**
 * The receiving side of RFC 8291 in a browser's own words, WebCrypto, for one key pair that lives in the page. It is written from the RFC
 * and shares nothing with the provider or the fakes.
 */
export const DECRYPT = `
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const P256 = { name: 'ECDH', namedCurve: 'P-256' };
  const utf8 = (words) => new TextEncoder().encode(words);
  const joined = async (...parts) => new Uint8Array(await new Blob(parts).arrayBuffer());

  /** The page's subscription keys: they live as long as a real subscription's would. */
  async function subscriptionKeys() {
    const kept = localStorage.getItem('keys');
    if (kept) return JSON.parse(kept);
    const pair = await crypto.subtle.generateKey(P256, true, ['deriveBits']);
    const made = {
      p256dh: text(await crypto.subtle.exportKey('raw', pair.publicKey)),
      secret: await crypto.subtle.exportKey('jwk', pair.privateKey),
      auth: text(crypto.getRandomValues(new Uint8Array(16))),
    };
    localStorage.setItem('keys', JSON.stringify(made));
    return made;
  }

  async function hkdf(salt, keyBytes, info, length) {
    const key = await crypto.subtle.importKey('raw', keyBytes, 'HKDF', false, ['deriveBits']);
    const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, length * 8);
    return new Uint8Array(bits);
  }

  async function decrypt(base64) {
    const body = bytes(base64);
    const { p256dh, secret, auth } = await subscriptionKeys();
    const [salt, sender, record] = [body.slice(0, 16), body.slice(21, 86), body.slice(86)];
    const own = await crypto.subtle.importKey('jwk', secret, P256, false, ['deriveBits']);
    const theirs = await crypto.subtle.importKey('raw', sender, P256, false, []);
    const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, own, 256);
    const keyInfo = await joined(utf8('WebPush: info'), new Uint8Array(1), bytes(p256dh), sender);
    const input = await hkdf(bytes(auth), shared, keyInfo, 32);
    const contentKey = await hkdf(salt, input, utf8('Content-Encoding: aes128gcm\\u0000'), 16);
    const iv = await hkdf(salt, input, utf8('Content-Encoding: nonce\\u0000'), 12);
    const key = await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['decrypt']);
    const padded = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, record));
    return new TextDecoder('utf-8', { fatal: true }).decode(padded.slice(0, padded.lastIndexOf(2)));
  }
`;

/** What an application writes, with a push manager that keeps its one subscription in place of Chromium's. */
export const PAGE = `<!doctype html><title>app</title><script src="/client.js"></script><script type="module">
  window.opened = [];
  lib.onPushOpened(navigator.serviceWorker, ({ url }) => window.opened.push(url));
  await navigator.serviceWorker.register('/worker.js');
  const { scope } = await navigator.serviceWorker.ready;

  const subscription = async () => {
    const endpoint = localStorage.getItem('endpoint');
    if (endpoint === null) return null;
    const { p256dh, auth } = await subscriptionKeys();
    return { toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => true };
  };
  const pushManager = {
    getSubscription: subscription,
    async subscribe({ applicationServerKey }) {
      if (text(applicationServerKey) !== publicKey) throw new Error('another key');
      localStorage.setItem('endpoint', await (await fetch('/endpoint')).text());
      return subscription();
    },
  };
  const { kind } = await lib.enableWebPush({ registration: { scope, pushManager }, publicKey, register: window.register });
  window.state = kind;
</script>`;
