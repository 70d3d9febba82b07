import type { Notification } from '../../model/publish-input.js';
import type { PolicySettings } from '../../policy/policy.js';
import { BUILT_IN } from './built-in.js';
import { compileIcu, type Compiled, type TextValues } from './icu.js';
import { canonicalLocale, localeChain } from './locale-chain.js';
import { Recent } from './recent.js';
import { tidy, type Tidy } from './tidy.js';

/** A tenant's texts, with the built-in ones behind them. */
export interface Texts {
  /**
   * The text of this name in the device's language, or the nearest there is. Undefined where there is none, or where these values do not make one.
   */
  say(name: string, locale: string | undefined, values?: TextValues): string | undefined;
  /** A message's own words, made tidy once for all of its recipients. */
  own(notification: Notification): Tidy;
}

/** Compiled texts kept at a time; each holds formatters of its own. */
const TEXTS_KEPT = 256;
/** Devices name their locales themselves: there can be any number of them. */
const LOCALES_KEPT = 256;

/** Made once for a version of the settings, and kept as long as that counts: texts are compiled when they are first used. */
export function createTexts({ templates = {}, locale: tenantLocale }: PolicySettings): Texts {
  const sources = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, texts] of Object.entries(BUILT_IN)) sources.set(name, byLocale(texts));
  for (const [name, texts] of Object.entries(templates)) {
    sources.set(name, new Map([...(sources.get(name) ?? []), ...byLocale(texts)]));
  }
  const compiled = new Recent<Compiled>(TEXTS_KEPT);
  const chains = new Recent<readonly string[]>(LOCALES_KEPT);
  const tidied = new WeakMap<Notification, Tidy>();

  return {
    say(name, locale, values = {}) {
      const found = sources.get(name);
      if (!found) return undefined;
      const chain = chains.get(locale ?? '', () => localeChain(locale, tenantLocale));
      // A text in a language nobody asked for is better than none.
      const best = chain.find((one) => found.has(one)) ?? [...found.keys()][0];
      if (best === undefined) return undefined;
      return compiled.get(`${name} ${best}`, () => compileOr(found.get(best) ?? '', best)).format(values);
    },
    own(notification) {
      const known = tidied.get(notification) ?? tidy(notification);
      tidied.set(notification, known);
      return known;
    },
  };
}

function byLocale(texts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts).map(([locale, text]) => [canonicalLocale(locale) ?? locale, text]));
}

/** Settings are checked when they are set; what was stored by another version may still be wrong. */
function compileOr(source: string, locale: string): Compiled {
  try {
    return compileIcu(source, locale);
  } catch {
    return { format: () => undefined };
  }
}
