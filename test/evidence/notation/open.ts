import assert from 'node:assert/strict';
import { openNotation } from '../../../src/evidence/notation/open-notation.ts';
import type { BrokenEvidence, SignedEvidence, VerifyOutcome } from '../../../src/evidence/signed-evidence.ts';
import type { NotationWorld } from '../../support/notation/notation-world.ts';
import { type SignNotationOptions, signNotationCose, signNotationJws } from '../../support/notation/sign-notation.ts';

export const FORMATS = ['notation-jws', 'notation-cose'] as const;
export type Format = (typeof FORMATS)[number];

export const TARGET = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${'5a'.repeat(32)}`,
  size: 528,
};

export function sign(format: Format, world: NotationWorld, options: Partial<SignNotationOptions> = {}): Buffer {
  const signer = format === 'notation-jws' ? signNotationJws : signNotationCose;
  return signer({ world, target: TARGET, ...options });
}

export function openBytes(format: Format, bytes: Uint8Array): Promise<SignedEvidence | BrokenEvidence> {
  const mediaType = format === 'notation-jws' ? 'application/jose+json' : 'application/cose';
  return openNotation({ bytes, mediaType, annotations: {}, what: 'layer' }, format);
}

export async function openSigned(format: Format, bytes: Uint8Array): Promise<SignedEvidence> {
  const opened = await openBytes(format, bytes);
  assert.ok(opened.signed === true, opened.signed === 'broken' ? opened.reason : '');
  return opened;
}

export type Verified = Extract<VerifyOutcome, { verified: true }>;

export function accepted(outcome: VerifyOutcome): Verified {
  assert.ok(outcome.verified, outcome.verified ? '' : `${outcome.state}: ${outcome.reason}`);
  return outcome;
}

export function rejected(outcome: VerifyOutcome, state: string, reason: RegExp): void {
  assert.ok(!outcome.verified, 'it was verified');
  assert.match(outcome.reason, reason);
  assert.equal(outcome.state, state, outcome.reason);
}
