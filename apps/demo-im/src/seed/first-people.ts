/** The password of each is the name. */
export const FIRST_PEOPLE = [
  { id: 'ann', displayName: 'Ann Lee', hue: 340 },
  { id: 'bob', displayName: 'Bob Chen', hue: 215 },
  { id: 'cleo', displayName: 'Cleo Park', hue: 160 },
  { id: 'dan', displayName: 'Dan Wu', hue: 35 },
] as const;

export interface FirstRoom {
  readonly id: string;
  readonly title?: string;
  readonly members: readonly string[];
  /** Sender, text, and how many minutes ago. */
  readonly said: readonly (readonly [from: string, text: string, minutesAgo: number])[];
}

export const FIRST_ROOMS: readonly FirstRoom[] = [
  {
    id: 'weekend',
    title: 'Weekend',
    members: ['ann', 'bob', 'cleo', 'dan'],
    said: [
      ['cleo', 'The forecast says sun on Saturday. Hike or lake?', 1500],
      ['dan', '湖边吧!我带烧烤架 🍖', 1493],
      ['ann', 'Lake. I bring the salad nobody eats.', 1490],
      ['bob', '那我负责饮料,早上九点在车站见?', 1462],
      ['cleo', '9:15, the bus is always late anyway', 1459],
      ['dan', '好的,九点一刻 👌', 1440],
    ],
  },
  {
    id: 'ann-bob',
    members: ['ann', 'bob'],
    said: [
      ['ann', 'Hi Bob! Did you get home all right?', 190],
      ['bob', 'Just before the storm. You?', 188],
      ['ann', '被淋成落汤鸡了,不过很开心 😄', 187],
      ['bob', '哈哈,快去喝点姜茶!', 185],
      ['bob', 'By the way: I found your scarf in the car.', 42],
      ['ann', 'I looked for it everywhere! Bring it on Saturday?', 40],
    ],
  },
];
