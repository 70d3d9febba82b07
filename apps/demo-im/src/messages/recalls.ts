/** Where the chat says that a message was taken back, after that is certain: whoever handed it on can take it back there. */
export abstract class Recalls {
  /** May be told of the same message more than once. */
  abstract takenBack(messageId: string): Promise<void>;
}
