const ENTRY = 11;
const STREAMS = [
  { entries: 34, cursor: 34 },
  { entries: 27, cursor: 21 },
  { entries: 31, cursor: 30 },
  { entries: 12, cursor: 5 },
  { entries: 38, cursor: 38 },
] as const;

/** What the server does, drawn: streams of entries, and how far each device has come. */
export function StreamsArt() {
  return (
    <svg class="gate-streams" viewBox="0 0 460 190" aria-hidden="true">
      {STREAMS.map(({ entries, cursor }, row) => (
        <g key={row} transform={`translate(0 ${row * 38 + 8})`}>
          {Array.from({ length: entries }, (_, i) => (
            <rect
              key={i}
              x={i * ENTRY + (i >= cursor ? 16 : 0)}
              y="4"
              width="4"
              height="16"
              fill="oklch(0.93 0.012 92)"
              opacity={i < cursor ? 0.82 : 0.24}
            />
          ))}
          <path d={`M${cursor * ENTRY + 1} 3l10 9-10 9z`} fill="oklch(0.79 0.14 74)" />
        </g>
      ))}
    </svg>
  );
}
