/**
 * Sums up vitest's JSON reports: each failed test with its message, then the last line of CI: `N passed, N failed, N skipped`.
 * Fails if a test failed, if one was skipped, or if none ran.
 */
import { readFileSync } from 'node:fs';

interface TestFile {
  readonly name: string;
  readonly status: string;
  /** Why the file itself could not run. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

interface Summary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly TestFile[];
}

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')) as Summary);
const sum = (count: (report: Summary) => number): number => reports.reduce((total, r) => total + count(r), 0);
const passed = sum((r) => r.numPassedTests);
const failed = sum((r) => Math.max(r.numFailedTests, r.numFailedTestSuites > 0 ? 1 : 0));
const skipped = sum((r) => r.numPendingTests + r.numTodoTests);

for (const { name, status, message, assertionResults } of reports.flatMap((r) => r.testResults)) {
  for (const { fullName, status, failureMessages } of assertionResults) {
    if (status === 'failed') console.log(`FAILED ${name}: ${fullName}\n${failureMessages.join('\n')}`);
  }
  if (status === 'failed' && message) console.log(`FAILED ${name}: ${message}`);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = passed > 0 && failed === 0 && skipped === 0 ? 0 : 1;
