import { Module } from '@nestjs/common';
import { MarksService } from './marks.service.js';
import { ReceiptsListener } from './receipts.listener.js';

@Module({ providers: [MarksService, ReceiptsListener] })
export class ReceiptsModule {}
