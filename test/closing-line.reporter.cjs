/** How a test names itself that could not be: what it needs is not on this machine. */
const NOT_RUN = 'not run: ';

/**
 * Ends every run with `N passed, N failed, N skipped` alone on a line, under what was not run for want of a program. A file
 * that could not run counts as a failure.
 */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap(({ testResults }) => testResults);
    const left = tests.filter(({ title }) => title.startsWith(NOT_RUN));
    const told = left.map(
      ({ title, ancestorTitles }) => `NOT RUN  ${ancestorTitles.join(' ')}: ${title.slice(NOT_RUN.length)}\n`,
    );

    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${told.length > 0 ? `\n${told.join('')}` : ''}\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`;
    // Jest's own summary is written by the reporter after this one, in the same turn.
    setImmediate(() => process.stdout.write(line));
  }
};
