import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programOf, required } from './binaries.js';
import { OwnProcess } from './own-process.js';
import { steadyPort } from './ports.js';

const DEPLOYED = path.resolve(__dirname, '../../deploy/prometheus');

export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Prometheus of its own with the rules of `deploy/prometheus`, in a hurry: seconds for what takes minutes there. */
export class Prometheus {
  private constructor(
    private readonly process: OwnProcess,
    private readonly dir: string,
    private readonly url: string,
  ) {}

  /** `target`: host:port of a node. */
  static async start(target: string): Promise<Prometheus> {
    const dir = mkdtempSync(path.join(tmpdir(), 'push-prometheus-'));
    const rules = readFileSync(path.join(DEPLOYED, 'alerts.yml'), 'utf8').replace(/^(\s+for: ).*$/gm, '$11s');
    writeFileSync(path.join(dir, 'alerts.yml'), rules);
    const config = readFileSync(path.join(DEPLOYED, 'prometheus.yml'), 'utf8')
      .replaceAll(/_interval: 15s/g, '_interval: 500ms')
      .replace(/- push-1:7400\n\s+- push-2:7400/, `- ${target}`);
    writeFileSync(path.join(dir, 'prometheus.yml'), config);
    const port = await steadyPort();
    const process = OwnProcess.start(required(programOf('prometheus'), 'prometheus'), [
      `--config.file=${path.join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ]);
    const url = `http://127.0.0.1:${port}`;
    const isReady = (): Promise<boolean> =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    const started = new Prometheus(process, dir, url);
    await process.answering(isReady, 30_000).catch(async (error: unknown) => {
      await started.end();
      throw error;
    });
    return started;
  }

  async query(expression: string): Promise<readonly { metric: Record<string, string>; value: number }[]> {
    const { result } = await this.ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async alerts(name: string): Promise<readonly Alert[]> {
    const { alerts } = await this.ask<{ alerts: Alert[] }>('/api/v1/alerts');
    return alerts.filter(({ labels }) => labels.alertname === name);
  }

  async end(): Promise<void> {
    await this.process.kill9();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async ask<T>(route: string): Promise<T> {
    const answer = await fetch(this.url + route);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`Prometheus answered ${answer.status}: ${error}`);
    return data;
  }
}
