import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';

export interface Message {
  id: string;
  room: string;
  from: string;
  text: string;
}

@Injectable()
export class HistoryService {
  private readonly messages: Message[] = [];

  add(message: Omit<Message, 'id'>): Message {
    const saved = { id: randomUUID(), ...message };
    this.messages.push(saved);
    return saved;
  }

  of(room: string): Message[] {
    return this.messages.filter((message) => message.room === room);
  }
}
