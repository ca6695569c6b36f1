/** Characters at the end that always stay: they tell names apart. */
const TAIL = 12;

/** A text on one line; where it does not fit, its middle is left out, and pointing at it shows all of it. */
export function MiddleClip({ children }: { children: string }) {
  const at = Math.max(0, children.length - TAIL);
  // Nothing of a short one is left out, and an empty beginning would move its baseline.
  if (at === 0) return children;
  return (
    <span className="shepherd-middle" title={children}>
      <span>{children.slice(0, at)}</span>
      <span>{children.slice(at)}</span>
    </span>
  );
}
