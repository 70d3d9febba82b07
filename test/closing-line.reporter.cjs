/** Ends every run with `N passed, N failed, N skipped` alone on a line. A file that could not run counts as a failure. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`;
    // Jest's own summary is written by the reporter after this one, in the same turn.
    setImmediate(() => process.stdout.write(line));
  }
};
