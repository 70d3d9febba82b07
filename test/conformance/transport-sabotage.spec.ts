import { describe, expect, it } from '@jest/globals';
import { transportConformance, type SuiteRunner } from 'push-core/testing';
import { tcpHarness } from './support/tcp-harness.js';
import { FAULTS, sabotaged, type FaultName } from './support/transport-sabotage.js';

/** For each fault, a case that has to turn red. */
const CAUGHT_BY: Record<FaultName, string> = {
  'acknowledgements are swallowed': "an acknowledgement is the device's cursor, and what the message's counts say",
  'an entry counts as acknowledged once it is written':
    'sends unacknowledged entries again on the next connection, acknowledged ones not',
  'frames leave in the wrong order': 'delivers what was published while the device was away, after its stored cursor',
  'the first entry after a return is lost': 'resumes after zero messages',
  'text beyond ASCII is lost': 'carries any text unharmed: emoji, line separators, control characters, newlines',
  'long entries are lost': 'carries the largest message, and several of them at once',
  'the end of a link is not reported': 'leaves no connection behind after 200 clients have come and been cut off',
  'the end of a link is reported twice':
    'a link ends once, however it ends: politely, cut off, replaced, closed by the server',
  'what arrives after the end is still handed over':
    'a link ends once, however it ends: politely, cut off, replaced, closed by the server',
  'a link asked to close stays open':
    'closes the link of a user who is disconnected, and lets nobody in with a token from before',
  'the goodbye is not said': 'a second connection of a device replaces the first, which is told not to come back',
  'bytes that wait are not counted':
    'a client that does not read costs bounded bytes and disturbs nobody, and gets everything when it returns',
  'nobody hears that the socket has drained':
    'a client that stopped reading for a while gets the rest in order on the same link',
  'signs of life are not passed on': 'a quiet client that is still there keeps its link over many heartbeats',
  'the window the client names is ignored': 'hands out no more than the window while nothing is acknowledged',
  'the position the client names is ignored':
    'continues after the position the client names, where it acknowledged nothing',
  'signals are taken for entries of no interest': 'carries a signal to who is connected, and keeps it for nobody',
};
const PATIENCE_MS = 1500;

/** The cases of the suite by name, not run. */
function collect(harness: typeof tcpHarness): Map<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  const runner: SuiteRunner = {
    describe: (_name, define) => define(),
    it: (name, run) => void cases.set(name, run),
    beforeEach: () => undefined,
    afterEach: () => undefined,
    expect,
  };
  transportConformance(runner, () => harness, { patienceMs: PATIENCE_MS });
  return cases;
}

const outcome = (run: (() => Promise<void>) | undefined): Promise<'passes' | 'fails' | 'is not there'> =>
  run
    ? run().then(
        () => 'passes',
        () => 'fails',
      )
    : Promise.resolve('is not there');

describe('the suite finds a broken transport', () => {
  for (const fault of Object.keys(FAULTS) as FaultName[]) {
    it(fault, async () => {
      const caughtBy = CAUGHT_BY[fault];
      expect(await outcome(collect(tcpHarness).get(caughtBy))).toBe('passes');
      expect(await outcome(collect(sabotaged(tcpHarness, fault)).get(caughtBy))).toBe('fails');
    });
  }
});
