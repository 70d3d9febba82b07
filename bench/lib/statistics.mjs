export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function summary(values) {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.map((value) => rounded(value)),
  };
}

/** Four significant digits are more than these measurements have. */
export function rounded(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

/** As it is read in a table. */
export function number(value) {
  if (value === null || value === undefined) return '–';
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}
