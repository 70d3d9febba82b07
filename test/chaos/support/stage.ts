import { ChaosProxy, type Conditions } from '../../support/chaos-proxy.js';
import { Crew, type CrewOptions, type Hand } from './crew.js';
import { EngineServer, type EngineServerOptions } from './engine-server.js';

/** Where a run takes place. Whatever becomes of the run, nothing of it is left afterwards. */
export class Stage {
  private readonly leaving: (() => unknown)[] = [];

  private constructor(readonly server: EngineServer) {}

  static async with<T>(options: EngineServerOptions, run: (stage: Stage) => Promise<T>): Promise<T> {
    const stage = new Stage(await EngineServer.start(options));
    try {
      return await run(stage);
    } finally {
      for (const leave of stage.leaving.reverse()) await leave();
      await stage.server.stop();
    }
  }

  async proxy(port: number, conditions?: Conditions): Promise<ChaosProxy> {
    const proxy = await ChaosProxy.open(port, conditions);
    this.leaving.push(() => proxy.kill());
    return proxy;
  }

  async crew(hands: readonly Hand[], options: CrewOptions): Promise<Crew> {
    const crew = await Crew.muster(this.server, hands, options);
    this.leaving.push(() => crew.disband());
    return crew;
  }
}
