import { execFileSync } from 'node:child_process';
import type { Estate } from './estate.js';

/** `to`: packets towards the port vanish. `from`: packets that come from it. */
export type Way = 'to' | 'from';

/** Makes packets of a port on this machine vanish, without either side being told. Needs root; a table of its own. */
export class Firewall {
  private constructor(private readonly table: string) {}

  static open(estate: Estate): Firewall {
    const table = `push_chaos_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
    estate.note({ table });
    nft(
      `add table inet ${table}`,
      `add chain inet ${table} out { type filter hook output priority 0; policy accept; }`,
    );
    estate.later(() => {
      nft(`delete table inet ${table}`);
      estate.note({ untable: table });
    });
    return new Firewall(table);
  }

  cut(port: number, ways: readonly Way[] = ['to', 'from']): void {
    const side = { to: 'dport', from: 'sport' } as const;
    nft(...ways.map((way) => `add rule inet ${this.table} out oifname "lo" tcp ${side[way]} ${port} drop`));
  }

  heal(): void {
    nft(`flush chain inet ${this.table} out`);
  }
}

const nft = (...commands: string[]): void =>
  void execFileSync('nft', ['-f', '-'], { input: `${commands.join('\n')}\n` });
