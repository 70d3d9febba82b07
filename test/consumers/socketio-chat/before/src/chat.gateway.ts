import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { Server, Socket } from 'socket.io';
import { AccountService } from './account.service';
import { HistoryService, type Message } from './history.service';

@WebSocketGateway()
export class ChatGateway implements OnGatewayConnection {
  @WebSocketServer()
  private readonly server: Server;

  constructor(
    private readonly accounts: AccountService,
    private readonly history: HistoryService,
  ) {}

  handleConnection(socket: Socket) {
    const user = this.accounts.userOf(socket.handshake.auth.token);
    if (user === undefined) return socket.disconnect(true);
    socket.data.user = user;
  }

  @SubscribeMessage('chat.join')
  async join(@ConnectedSocket() socket: Socket, @MessageBody() room: string): Promise<string> {
    await socket.join(room);
    return room;
  }

  @SubscribeMessage('chat.history')
  load(@MessageBody() room: string): Message[] {
    return this.history.of(room);
  }

  @SubscribeMessage('chat.typing')
  typing(@ConnectedSocket() socket: Socket, @MessageBody() room: string) {
    this.server.to(room).emit('chat.typing', { room, user: socket.data.user });
  }

  @SubscribeMessage('chat.send')
  send(@ConnectedSocket() socket: Socket, @MessageBody() { room, text }: { room: string; text: string }): Message {
    const message = this.history.add({ room, from: socket.data.user, text });
    this.server.to(room).emit('chat.message', message);
    return message;
  }
}
