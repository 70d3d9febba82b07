import { Column, Entity, PrimaryColumn } from 'typeorm';

export type RoomKind = 'direct' | 'group';

@Entity('room')
export class Room {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  kind!: RoomKind;

  @Column('text', { nullable: true })
  title!: string | null;

  /** Of a direct room: its two people. There is one room for each two. */
  @Column('text', { name: 'direct_key', nullable: true, unique: true })
  directKey!: string | null;

  /** Unix milliseconds. */
  @Column('integer', { name: 'created_at' })
  createdAt!: number;
}
