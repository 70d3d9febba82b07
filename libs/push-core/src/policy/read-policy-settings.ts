import { PushError } from '../errors.js';
import { createValidator } from '../model/validate.js';
import { icuProblem } from '../offline/content/icu.js';
import { canonicalLocale } from '../offline/content/locale-chain.js';
import type { PolicySettings } from './policy.js';
import { POLICY_LIMITS, policySettingsSchema } from './policy-schemas.js';

const validate = createValidator<PolicySettings>(policySettingsSchema, 'policy');

/** A tenant's policy from outside; throws a PushError that names the field and the remedy. */
export function policySettings(input: unknown): PolicySettings {
  const settings = validate(input);
  if (Buffer.byteLength(JSON.stringify(settings)) > POLICY_LIMITS.settingsBytes) {
    throw new PushError(
      'TOO_LARGE',
      `The policy is larger than ${POLICY_LIMITS.settingsBytes} bytes; shorten its templates`,
      {
        field: 'templates',
      },
    );
  }
  checkRuleNames(settings);
  if (settings.locale !== undefined) checkLocale(settings.locale, 'locale');
  checkTemplates(settings);
  return settings;
}

/** A reason names its rule, so two of one name would tell nobody which of them it was. */
function checkRuleNames({ rules = [] }: PolicySettings): void {
  const seen = new Set<string>();
  rules.forEach(({ name }, index) => {
    if (seen.has(name)) {
      const field = `rules[${index}].name`;
      throw new PushError('INVALID', `"${field}" is the name of an earlier rule; give each its own`, { field });
    }
    seen.add(name);
  });
}

function checkTemplates({ templates = {} }: PolicySettings): void {
  for (const [name, texts] of Object.entries(templates)) {
    for (const [locale, text] of Object.entries(texts)) {
      const field = `templates.${name}.${locale}`;
      const problem = icuProblem(text, checkLocale(locale, field));
      if (problem === undefined) continue;
      throw new PushError('INVALID', `"${field}" is not in ICU message format: ${problem}`, { field });
    }
  }
}

function checkLocale(locale: string, field: string): string {
  const canonical = canonicalLocale(locale);
  if (canonical !== undefined) return canonical;
  throw new PushError('INVALID', `"${field}" names no locale; give a BCP 47 tag, for example en or zh-Hans`, { field });
}
