import { resume } from './resume.js';

const state = { epoch: 'e1', head: 57, first: 1 };

test('a position inside the stream continues completely', () => {
  expect(resume({ state, asked: { epoch: 'e1', seq: 41 }, otherwise: 57 })).toEqual({
    epoch: 'e1',
    head: 57,
    from: 41,
    recovery: 'complete',
  });
});

test('without a position the stored cursor counts', () => {
  expect(resume({ state, stored: { epoch: 'e1', seq: 12 }, otherwise: 57 })).toMatchObject({
    from: 12,
    recovery: 'complete',
  });
});

test('the client’s own position wins over the stored cursor, forward and back', () => {
  const stored = { epoch: 'e1', seq: 12 };
  expect(resume({ state, asked: { epoch: 'e1', seq: 5 }, stored, otherwise: 57 }).from).toBe(5);
  expect(resume({ state, asked: { epoch: 'e1', seq: 20 }, stored, otherwise: 57 }).from).toBe(20);
});

test('what retention removed is named', () => {
  const trimmed = { ...state, first: 11 };
  expect(resume({ state: trimmed, asked: { epoch: 'e1', seq: 2 }, otherwise: 57 })).toEqual({
    epoch: 'e1',
    head: 57,
    from: 2,
    recovery: 'gap',
    lost: { from: 3, to: 10 },
  });
  expect(resume({ state: trimmed, asked: { epoch: 'e1', seq: 10 }, otherwise: 57 }).recovery).toBe('complete');
});

test('another epoch is a reset, to the oldest entry kept or the cursor of this epoch', () => {
  const trimmed = { ...state, first: 11 };
  const asked = { epoch: 'e0', seq: 900 };
  expect(resume({ state: trimmed, asked, otherwise: 57 })).toMatchObject({ from: 10, recovery: 'reset' });
  expect(resume({ state: trimmed, asked, stored: { epoch: 'e1', seq: 30 }, otherwise: 57 })).toMatchObject({
    from: 30,
    recovery: 'reset',
  });
});

test('a position beyond the head is a reset: the store has lost what it counts', () => {
  expect(resume({ state, asked: { epoch: 'e1', seq: 58 }, otherwise: 57 })).toMatchObject({
    from: 0,
    recovery: 'reset',
  });
});

describe('after a restore', () => {
  const restored = { epoch: 'e2', head: 57, first: 11, before: { epoch: 'e1', seq: 50 } };

  test('a position that the backup held continues completely, and says which epoch it continues', () => {
    expect(resume({ state: restored, asked: { epoch: 'e1', seq: 50 }, otherwise: 57 })).toEqual({
      epoch: 'e2',
      head: 57,
      from: 50,
      recovery: 'complete',
      continues: 'e1',
    });
    expect(resume({ state: restored, asked: { epoch: 'e1', seq: 4 }, otherwise: 57 })).toMatchObject({
      recovery: 'gap',
      lost: { from: 5, to: 10 },
      continues: 'e1',
    });
  });

  test('a position beyond it is a reset, though the stream has grown past it since', () => {
    const asked = { epoch: 'e1', seq: 51 };
    expect(resume({ state: restored, asked, stored: { epoch: 'e2', seq: 48 }, otherwise: 57 })).toEqual({
      epoch: 'e2',
      head: 57,
      from: 48,
      recovery: 'reset',
    });
  });

  test('a position of neither epoch is a reset', () => {
    expect(resume({ state: restored, asked: { epoch: 'e0', seq: 20 }, otherwise: 57 }).recovery).toBe('reset');
  });
});

test('start is the oldest entry kept', () => {
  expect(resume({ state: { ...state, first: 11 }, asked: 'start', otherwise: 57 })).toMatchObject({
    from: 10,
    recovery: 'complete',
  });
});

test('a device without any cursor begins where it is told to', () => {
  expect(resume({ state, otherwise: 57 })).toMatchObject({ from: 57, recovery: 'complete' });
});
