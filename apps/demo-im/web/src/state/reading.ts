import { signal } from '@preact/signals';
import { openRoomId } from './route';

const isVisible = signal(document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () => (isVisible.value = document.visibilityState === 'visible'));

/** The room that somebody is looking at: open, and the tab is in front. */
export const readingRoomId = (): string | undefined => (isVisible.value ? openRoomId.value : undefined);
export const isReading = (roomId: string): boolean => readingRoomId() === roomId;
