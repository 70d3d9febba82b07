export class SendDto {
  room: string;
  from: string;
  to: string[];
  text: string;
}

export class Message extends SendDto {
  id: string;
}
