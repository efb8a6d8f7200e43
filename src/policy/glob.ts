/** One step of a glob: a character, any character but `/`, any text without `/`, any text. */
type Step = { readonly kind: 'character'; readonly character: string } | { readonly kind: 'one' | 'some' | 'all' };

/** Whether `text` has a wildcard. */
export function isGlob(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/**
 * Whether the whole text matches: `*` is any text without `/`, `?` any character but `/`, `**` any text at all, every
 * other character itself. All states are followed at once, so the time is at most pattern x text, whatever they are.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const steps = parseGlob(glob);
  let states = reachable(steps, [0]);
  for (const character of text) {
    states = reachable(
      steps,
      states.flatMap((at) => advance(steps[at], at, character)),
    );
    if (states.length === 0) return false;
  }
  return states.includes(steps.length);
}

function parseGlob(glob: string): Step[] {
  const steps: Step[] = [];
  for (const character of glob) {
    const last = steps.at(-1);
    if (character === '*' && (last?.kind === 'some' || last?.kind === 'all')) {
      steps[steps.length - 1] = { kind: 'all' };
    } else if (character === '*') steps.push({ kind: 'some' });
    else steps.push(character === '?' ? { kind: 'one' } : { kind: 'character', character });
  }
  return steps;
}

/** Where a state leads with one character. */
function advance(step: Step | undefined, at: number, character: string): number[] {
  switch (step?.kind) {
    case undefined:
      return [];
    case 'character':
      return step.character === character ? [at + 1] : [];
    case 'one':
      return character === '/' ? [] : [at + 1];
    case 'some':
      return character === '/' ? [] : [at];
    case 'all':
      return [at];
  }
}

/** The states and those behind wildcards that match nothing, each once. */
function reachable(steps: readonly Step[], from: readonly number[]): number[] {
  const found = new Set<number>();
  for (const start of from) {
    let at = start;
    found.add(at);
    while (steps[at]?.kind === 'some' || steps[at]?.kind === 'all') found.add(++at);
  }
  return [...found];
}
