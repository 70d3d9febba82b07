/** Strokes on a 24 × 24 field. */
const SHAPES = {
  back: 'M15 5l-7 7 7 7',
  bell: 'M6 16V11a6 6 0 1 1 12 0v5l1.5 2h-15L6 16ZM10 21h4',
  bellOff: 'M8.5 6.2A6 6 0 0 1 18 11v4M6 10.5V16l-1.5 2H17M10 21h4M4 4l16 16',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6L6 18',
  cut: 'M4 12h5M15 12h5M9.5 7l1.5 2M14.5 7L13 9M9.5 17l1.5-2M14.5 17L13 15',
  down: 'M12 5v13M6 12.5l6 6 6-6',
  flask: 'M10 3h4M10.5 3v6L5 18.5A1.7 1.7 0 0 0 6.5 21h11a1.7 1.7 0 0 0 1.5-2.5L13.5 9V3M8 15h8',
  halfOpen: 'M4 12h6M14 12h1M19 12h1M10 9v6',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z',
  out: 'M10 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h4M14 8l4 4-4 4M18 12H9',
  pen: 'M5 19h3.5L18.7 8.8a1.6 1.6 0 0 0 0-2.3l-1.2-1.2a1.6 1.6 0 0 0-2.3 0L5 15.5V19ZM13.5 7l3.5 3.5',
  people:
    'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19a5.5 5.5 0 0 1 11 0M16 5.3a3 3 0 0 1 0 5.4M17.5 14.3a5.5 5.5 0 0 1 3 4.7',
  question:
    'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM9.7 9.7a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.9-1.1 1.7M12 16.5v.1',
  restore: 'M4 12h16M8 8l-4 4 4 4M16 8l4 4-4 4',
  send: 'M5 12h13M12.5 6l6 6-6 6',
  skull: 'M12 3.5a7.5 7.5 0 0 0-4.5 13.5V20h9v-3A7.5 7.5 0 0 0 12 3.5ZM9.3 11.5v.1M14.7 11.5v.1M10.5 20v-2M13.5 20v-2',
  sun: 'M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4',
  undo: 'M8.5 5L4.5 9l4 4M5 9h9a5.5 5.5 0 0 1 0 11h-3',
  windows:
    'M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8A1.5 1.5 0 0 1 15 10.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9Z',
} as const;

export type IconName = keyof typeof SHAPES;

/** Decoration: what it stands for is said by its button. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8 } as const;
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={SHAPES[name]} {...line} stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
