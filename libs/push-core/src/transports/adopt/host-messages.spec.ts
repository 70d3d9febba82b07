import { framesIn, messagesOf } from './host-messages.js';

const ACK = '{"op":"ack","s":"@me","seq":1}';

test.each([
  [ACK, ACK],
  [`${ACK}\n{"op":"ping"}\n`, `${ACK}\n{"op":"ping"}`],
  [JSON.stringify(JSON.parse(ACK), undefined, 2), ACK],
  ['{"op":"fly"}', ''],
  ['{"event":"ack","data":{"s":"@me","seq":1}}', ''],
  ['{"event":"say","data":{"op":"ack"}}', ''],
  [`${ACK}\nsomething else`, ''],
  ['{"op":{}}', ''],
  ['"op"', ''],
  ['null "op"', ''],
  ['["op"]', ''],
  [`{"op":"ack","pad":"${'x'.repeat(40_000)}"}`, ''],
])('plain: %.40s', (text, frames) => expect(framesIn(text, 'plain')).toBe(frames));

test.each([
  ['{"event":"push.ack","data":{"s":"@me","seq":1}}', '{"s":"@me","seq":1,"op":"ack"}'],
  ['{"event":"push.ping"}', '{"op":"ping"}'],
  ['{"event":"push.ack","data":{"op":"connect"}}', '{"op":"ack"}'],
  ['{"event":"push.connect","data":{}}', ''],
  ['{"event":"push.ack","data":7}', ''],
  [ACK, ''],
  ['{"event":"say","data":"push.ack"}', ''],
  ['{"event":"x","data":"\\"push."}', ''],
])('in an envelope: %.40s', (text, frames) => expect(framesIn(text, 'event')).toBe(frames));

test('what is nested too deeply to be ours is the host’s', () => {
  const deep = '['.repeat(16_000) + ']'.repeat(16_000);
  expect(() => framesIn(`{"op":"ack","x":${deep}}`, 'plain')).not.toThrow();
});

test('each object of a frame is a message of its own', () => {
  const text = `{"op":"push","s":"@me","seq":1}\n{"op":"skip","s":"@me","from":2,"to":3}`;
  expect(messagesOf(text, 'plain')).toEqual(text.split('\n'));
  expect(messagesOf(text, 'event').map((one) => (JSON.parse(one) as { event: string }).event)).toEqual([
    'push',
    'push.skip',
  ]);
});
