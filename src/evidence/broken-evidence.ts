import type { BrokenEvidence, OpenedEvidence } from './signed-evidence.ts';

export function brokenEvidence(state: BrokenEvidence['state'], reason: string): BrokenEvidence {
  return { signed: 'broken', state, reason };
}

/** Whether a reading ended with evidence that is broken; of anything else that a reader may give. */
export function isBroken(value: object): value is BrokenEvidence {
  return 'signed' in value && (value as OpenedEvidence).signed === 'broken';
}
