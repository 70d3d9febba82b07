export interface Person {
  readonly id: string;
  readonly displayName: string;
  /** 0–359, what the avatar is coloured with. */
  readonly hue: number;
  readonly online: boolean;
  /** Unix milliseconds. */
  readonly lastSeenAt?: number;
}

export interface Message {
  readonly id: string;
  readonly roomId: string;
  readonly from: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Made by the sender's page: its own copy is recognised by it, and a repeated request counts once. */
  readonly clientId: string;
  readonly recalled?: boolean;
  /** People, without the sender. */
  readonly delivered: readonly string[];
  readonly read: readonly string[];
  readonly pushId?: string;
}

export interface Room {
  readonly id: string;
  readonly title?: string;
  readonly kind: 'direct' | 'group';
  readonly members: readonly string[];
  readonly unread: number;
  readonly last?: Message;
}

export interface Login {
  readonly token: string;
  readonly me: Person;
  readonly webPushKey?: string;
}

export interface MessagePage {
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly more: boolean;
}

export interface Step {
  readonly at?: number;
  readonly what: string;
  readonly reason?: string;
  readonly device?: string;
  readonly provider?: string;
  readonly text: string;
}

export interface Explanation {
  readonly id: string;
  readonly user: string;
  readonly outcome: string;
  readonly steps: readonly Step[];
}

export interface LabInfo {
  readonly lab: boolean;
  readonly pid: number;
  readonly uptimeMs: number;
  readonly connections: number;
}
