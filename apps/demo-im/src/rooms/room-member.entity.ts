import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody in a room, and how far: a device has everything up to a message's number, or the person has read it. */
@Entity('room_member')
export class RoomMember {
  @PrimaryColumn('text', { name: 'room_id' })
  roomId!: string;

  @PrimaryColumn('text', { name: 'person_id' })
  personId!: string;

  @Column('integer', { name: 'delivered_up_to', default: 0 })
  deliveredUpTo!: number;

  @Column('integer', { name: 'read_up_to', default: 0 })
  readUpTo!: number;
}
