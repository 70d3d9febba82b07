/** Three entries of a stream, and the cursor that has read them. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <g fill="currentColor">
        <rect x="1" y="8" width="3" height="8" />
        <rect x="6" y="8" width="3" height="8" />
        <rect x="11" y="8" width="3" height="8" />
      </g>
      <path d="M16 5.500 23 12l-7 6.500z" fill="var(--cursor)" />
    </svg>
  );
}
