import { request } from './request';
import type { Explanation, LabInfo, Login, Message, MessagePage, Person, Room } from './types';

const at = (...parts: string[]) => parts.map(encodeURIComponent).join('/');
export const PAGE = 50;

/** What the backend can be asked, one line each. */
export const api = {
  login: (name: string, password: string) => request<Login>('POST', 'login', { name, password }),
  register: (name: string, displayName: string, password: string) =>
    request<Login>('POST', 'register', { name, displayName, password }),
  me: () => request<Omit<Login, 'token'>>('GET', 'me'),
  people: () => request<Person[]>('GET', 'people'),
  rooms: () => request<Room[]>('GET', 'rooms'),
  newRoom: (members: readonly string[], title?: string) => request<Room>('POST', 'rooms', { title, members }),
  messages: (room: string, before?: string) =>
    request<MessagePage>(
      'GET',
      `${at('rooms', room, 'messages')}?limit=${PAGE}${before === undefined ? '' : `&before=${encodeURIComponent(before)}`}`,
    ),
  send: (room: string, text: string, clientId: string) =>
    request<Message>('POST', at('rooms', room, 'messages'), { text, clientId }),
  typing: (room: string) => request<void>('POST', at('rooms', room, 'typing')),
  recall: (message: string) => request<Message>('DELETE', at('messages', message)),
  explain: (message: string) => request<Record<string, Explanation>>('GET', at('explain', message)),
  putDevice: (device: string, registration: object) => request<unknown>('PUT', at('devices', device), registration),
  kill: () => request<void>('POST', 'lab/kill'),
  lab: () => request<LabInfo>('GET', 'lab'),
};
