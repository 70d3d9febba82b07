import { Module } from '@nestjs/common';
import { Recalls } from '../messages/recalls.js';
import { PushRecalls } from './push-recalls.js';

@Module({
  providers: [{ provide: Recalls, useClass: PushRecalls }],
  exports: [Recalls],
})
export class RecallsModule {}
