import { expect, it } from '@jest/globals';
import { Passwords } from './passwords.js';

it('a password is known again by its hash, which is never the same twice', async () => {
  const passwords = new Passwords();
  const [one, other] = await Promise.all([passwords.hash('苹果 apple'), passwords.hash('苹果 apple')]);
  expect(one).not.toBe(other);
  expect(await Promise.all([one, other].map((hash) => passwords.isOf(hash, '苹果 apple')))).toEqual([true, true]);
  const wrong = [passwords.isOf(one, 'apple'), passwords.isOf(one, ''), passwords.isOf(undefined, '')];
  expect(await Promise.all(wrong)).toEqual([false, false, false]);
});
