import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observe } from '../../../src/commands/policy-init/observe.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import {
  AMD64,
  ARM64,
  evaluate,
  githubSigner,
  makeItem,
  makeRule,
  SPDX,
  signed,
  statementClaim,
  unsigned,
  verified,
} from '../../policy/make-evidence.ts';

const CYCLONEDX = 'application/vnd.cyclonedx+json';
const DOCUMENT = 'https://spdx.dev/Document/v2.3';

/** What is written down of what is on the platforms. */
function observed(...items: readonly EvidenceItem[]): {
  readonly types: string[];
  readonly remarks: readonly string[];
} {
  const probe = makeRule({
    wanted: { kind: 'any-signature' },
    where: { source: 'x', evaluate: () => ({ holds: false }) },
  });
  const { rules, remarks } = observe(evaluate(probe, items));
  return { types: rules.map(({ wanted }) => (wanted.kind === 'any-signature' ? '' : wanted.type)), remarks };
}

const plain = (artifactType: string, ...subjects: (typeof AMD64)[]): EvidenceItem[] =>
  subjects.map((subject) => makeItem(unsigned(artifactType), { artifactType, subject }));
const attested = (...subjects: (typeof AMD64)[]): EvidenceItem[] =>
  subjects.map((subject) =>
    makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: statementClaim(DOCUMENT) }), { subject }),
  );

describe('what policy init asks for', () => {
  it('is the signed SBOM, where the same is there without a signature, too; and that is said', () => {
    const { types, remarks } = observed(...plain(SPDX, AMD64, ARM64), ...attested(AMD64, ARM64));
    assert.deepEqual(types, [DOCUMENT]);
    assert.deepEqual(remarks, [
      `${SPDX}: it is there without a signature, too; the rule for ${DOCUMENT} asks for a signed one`,
    ]);
  });

  it('is both, where one of them is on other platforms, or is of another kind', () => {
    assert.deepEqual(observed(...plain(SPDX, AMD64, ARM64), ...attested(AMD64)).types.sort(), [SPDX, DOCUMENT]);
    assert.deepEqual(observed(...plain(CYCLONEDX, AMD64), ...attested(AMD64)).types.sort(), [CYCLONEDX, DOCUMENT]);
  });

  it('is the plain SBOM, where its signed form is of nobody who is trusted', () => {
    const stranger = makeItem(signed({}, { claim: statementClaim(DOCUMENT) }), { subject: AMD64 });
    assert.deepEqual(observed(...plain(SPDX, AMD64), stranger).types, [SPDX]);
  });
});
