const plural = new Intl.PluralRules('en');
const figures = new Intl.NumberFormat('en-GB');

/** 1 message, 1,204 messages */
export const counted = (n: number, one: string, other: string): string =>
  `${figures.format(n)} ${plural.select(n) === 'one' ? one : other}`;
