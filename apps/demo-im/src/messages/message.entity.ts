import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('message')
export class Message {
  /** In the order in which they were said, over all rooms. Nobody outside sees it. */
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  number!: number;

  @Column('text', { unique: true })
  id!: string;

  @Column('text', { name: 'room_id' })
  roomId!: string;

  @Column('text', { name: 'sender' })
  from!: string;

  /** The sender's own name for it: the same one counts once. */
  @Column('text', { name: 'client_id' })
  clientId!: string;

  @Column('text')
  text!: string;

  /** Unix milliseconds. */
  @Column('integer')
  at!: number;

  @Column('boolean', { name: 'is_recalled', default: false })
  isRecalled!: boolean;

  /** What its push is called, to take it back and to explain it. Seeded messages have none. */
  @Column('text', { name: 'push_id', nullable: true })
  pushId!: string | null;
}
