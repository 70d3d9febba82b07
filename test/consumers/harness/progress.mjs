// One line for each step of each check, with its seconds.
export function progressOf(name) {
  const width = 14;
  return async function step(title, work) {
    const begin = Date.now();
    const label = `${name.padEnd(width)} ${title}`;
    try {
      const result = await work();
      console.log(`${label} … ${seconds(begin)}`);
      return result;
    } catch (error) {
      console.log(`${label} … FAILED after ${seconds(begin)}`);
      throw error;
    }
  };
}

export function seconds(since) {
  const elapsed = (Date.now() - since) / 1000;
  return `${elapsed < 10 ? elapsed.toFixed(1) : Math.round(elapsed)} s`;
}
