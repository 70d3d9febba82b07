import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PushModule, PushService } from 'nest-push';
import { createMemoryStore } from 'push-core';

@Module({ imports: [PushModule.forRoot({ store: createMemoryStore() })] })
class AppModule {}

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
  await app.get(PushService).publish({ to: { users: ['ann'] }, type: 'chat.message', data: { text: 'Hi!' } });
  const { entries } = await app.get(PushService).inbox('ann');
  console.log(`stored: ${entries.length}`);
  await app.close();
}
void bootstrap();
