import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startEngine, type EngineOptions } from './engine.js';
import { requestsOf, type Reply, type Request } from './engine-requests.js';

/** The engine as a process of its own, told what to do by the test that forked it. */
async function main(): Promise<void> {
  const engine = await startEngine(JSON.parse(process.env.CHAOS_ENGINE ?? '{}') as EngineOptions);
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const requests = requestsOf(engine, lag);
  const reply = (message: Reply): void => void process.send?.(message);
  process.on('message', ({ id, name, given }: Request) => {
    requests[name](given as never).then(
      (value) => reply({ id, value }),
      (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  reply({ id: 0, value: { port: engine.port, mqttPort: engine.mqttPort } });
}

void main();
