/** Where no language is known, or none of the known ones has a text. */
export const LAST_LOCALE = 'en';

/** A locale in its one spelling (`zh_cn` → `zh-CN`, as phones write it too); undefined where it is none. */
export function canonicalLocale(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/**
 * Locales whose texts would do, best first: zh-Hans-CN → zh-Hans → zh → those of the tenant → en. The script a region writes is put in, so that
 * zh-TW finds zh-Hant before zh.
 */
export function localeChain(device: string | undefined, tenant: string | undefined): readonly string[] {
  return [...new Set([...narrowing(device), ...narrowing(tenant), LAST_LOCALE])];
}

function narrowing(tag: string | undefined): readonly string[] {
  const name = tag === undefined ? undefined : canonicalLocale(tag);
  if (name === undefined) return [];
  const locale = new Intl.Locale(name);
  const { script } = locale.maximize();
  const steps = [name, locale.baseName];
  if (script !== undefined) {
    if (locale.region !== undefined) steps.push(`${locale.language}-${script}-${locale.region}`);
    steps.push(`${locale.language}-${script}`);
  }
  // A text in another script than the one that was asked for is still in the language.
  return [...steps, locale.language];
}
