import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DemoSettings } from './demo-settings.js';

@Global()
@Module({})
export class SettingsModule {
  static of(settings: DemoSettings): DynamicModule {
    return {
      module: SettingsModule,
      providers: [{ provide: DemoSettings, useValue: settings }],
      exports: [DemoSettings],
    };
  }
}
