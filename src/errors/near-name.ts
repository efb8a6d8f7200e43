/** The candidate that `text` was most likely meant to be; undefined when none is near enough to be worth naming. */
export function nearName(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = normalise(text);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, normalise(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? longerName(wanted, candidates);
}

/** `repo` for `repository`: the shortest that goes on from it, where enough was written to tell. */
function longerName(wanted: string, candidates: Iterable<string>): string | undefined {
  if (wanted.length < 3) return undefined;
  const longer = [...candidates].filter((candidate) => normalise(candidate).startsWith(wanted));
  return longer.toSorted((a, b) => a.length - b.length)[0];
}

/** `artifact_type`, `Artifact Type` and `artifactType` are all one slip away from `artifact-type`: none at all. */
function normalise(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[_ .]/g, '-');
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b` (Damerau-Levenshtein in its
 * restricted form). Gives up with `limit` once it cannot stay below it.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + substitution,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      }
      current.push(cost);
    }
    if (Math.min(...current) >= limit) return limit;
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
