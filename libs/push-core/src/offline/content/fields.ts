/** `default`, or the name of a file the app brings along; never a path. */
const SOUND = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const CATEGORY = /^[\w.-]{1,64}$/;
const IMAGE_LENGTH = 2048;
const BADGE_MOST = 99_999;

// Each answers what may be handed on, or undefined: a field that is not as it should be is left out, and the rest is sent.

export const soundOf = (sound: string | undefined): string | undefined =>
  sound !== undefined && SOUND.test(sound) ? sound : undefined;

export const categoryOf = (category: string | undefined): string | undefined =>
  category !== undefined && CATEGORY.test(category) ? category : undefined;

/** An https URL without credentials. */
export function imageOf(image: string | undefined): string | undefined {
  if (image === undefined || !URL.canParse(image)) return undefined;
  const url = new URL(image);
  const isPlain = url.protocol === 'https:' && url.username === '' && url.password === '';
  return isPlain && url.href.length <= IMAGE_LENGTH ? url.href : undefined;
}

/** The number a badge shows; undefined: it is left as it is. */
export function badgeOf(badge: 'auto' | number | undefined, unread: number | undefined): number | undefined {
  const count = badge === 'auto' ? unread : badge;
  if (count === undefined || !Number.isSafeInteger(count) || count < 0) return undefined;
  return Math.min(count, BADGE_MOST);
}
