import { afterEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';
import { Executioner } from './executioner.js';

describe('the lab', () => {
  let demo: Demo;
  afterEach(() => demo.close());

  const withKills = async (lab: boolean) => {
    demo = await Demo.open({ lab });
    const kills: string[] = [];
    demo.app.get(Executioner).kill = () => void kills.push('killed');
    return { kills, ann: await demo.as('ann') };
  };

  it('kills the server after it has answered', async () => {
    const { kills, ann } = await withKills(true);
    expect(await ann('GET', '/lab')).toMatchObject({ status: 200, body: { lab: true, pid: process.pid } });
    expect(await ann('POST', '/lab/kill')).toMatchObject({ status: 202 });
    expect(kills).toEqual(['killed']);
  });

  it('is closed where it is switched off', async () => {
    const { kills, ann } = await withKills(false);
    expect(await ann('GET', '/lab')).toMatchObject({ body: { lab: false } });
    expect(await ann('POST', '/lab/kill')).toMatchObject({ status: 404 });
    expect(kills).toEqual([]);
  });
});
