import type { ProviderFactory } from '../providers/provider.js';

/**
 * What can be used, by name. Until the engine starts, the host's list as it stands whenever it is asked, for the host may still
 * complete it; from then on as it stood when the engine started.
 */
export class ProviderList {
  private settled?: ReadonlyMap<string, ProviderFactory>;

  constructor(private readonly given: readonly ProviderFactory[]) {}

  /** The engine starts. */
  settle(): void {
    this.settled = this.read();
  }

  get(name: string): ProviderFactory | undefined {
    return this.known().get(name);
  }

  names(): readonly string[] {
    return [...this.known().keys()];
  }

  private known(): ReadonlyMap<string, ProviderFactory> {
    return this.settled ?? this.read();
  }

  private read(): ReadonlyMap<string, ProviderFactory> {
    return new Map(this.given.map((factory) => [factory.name, factory]));
  }
}
