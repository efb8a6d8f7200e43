import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { LET_GO } from '../../src/evidence/statement.ts';
import type { Trust } from '../../src/evidence/trust.ts';
import { type ExamineDocument, examineDocument } from '../../src/gate/examine-document.ts';
import type { EvidenceContent } from '../../src/policy/evidence-item.ts';
import { newKeys, trustOfKey } from '../evidence/sigstore/trusted-world.ts';
import { makeNotationWorld } from '../support/notation/notation-world.ts';
import { absentDescriptor } from '../support/sample-image.ts';
import { makeKeyBundle, makeMessageBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';

const IN_TOTO = 'application/vnd.in-toto+json';
const subject = absentDescriptor('image');
const other = absentDescriptor('another image');
const privateKey = newKeys.p256();
const trust = trustOfKey(privateKey);

type Signed = Extract<EvidenceContent, { readonly kind: 'signed' }>;

function examine(
  bytes: Uint8Array | string,
  mediaType: string,
  changes: Partial<ExamineDocument> = {},
): Promise<EvidenceContent> {
  const document = { bytes: Buffer.from(bytes as string), mediaType, annotations: {}, what: 'the layer' };
  return examineDocument(document, {
    subject,
    artifactType: mediaType,
    trusts: [trust],
    predicates: 'of-verified',
    now: new Date(),
    readSubject: async () => undefined,
    ...changes,
  });
}

async function signed(...args: Parameters<typeof examine>): Promise<Signed> {
  const content = await examine(...args);
  assert.ok(content.kind === 'signed', JSON.stringify(content));
  return content;
}

describe('a document', () => {
  it('that is a bare statement is about the image only where it names it', async () => {
    for (const [about, wrong] of [
      [subject, undefined],
      [other, other.digest],
    ] as const) {
      const content = await examine(JSON.stringify(makeStatement({ subject: about.digest })), IN_TOTO);
      assert.ok(content.kind === 'unsigned');
      assert.equal(content.wrongSubject, wrong);
      assert.equal(content.statement?.subjects.length, 1);
    }
  });

  it('that is signed is about the image only where what is signed names it', async () => {
    for (const [about, wrong] of [
      [subject, undefined],
      [other, other.digest],
    ] as const) {
      const bundle = await makeKeyBundle({ statement: makeStatement({ subject: about.digest }), privateKey });
      const content = await signed(bundle.bytes, bundle.mediaType);
      assert.equal(content.wrongSubject, wrong);
      assert.equal(content.outcomes.get(trust.name)?.verified, true, 'it is verified all the same');
    }
  });

  it('that is signed leaves its bytes behind: what is kept of a thousand of them is what rules ask for', async () => {
    const bundle = await makeKeyBundle({ statement: makeStatement({ subject: subject.digest }), privateKey });
    const { claim } = await signed(bundle.bytes, bundle.mediaType, { predicates: 'none' });
    assert.ok(claim.kind === 'statement');
    assert.deepEqual([Object.keys(claim), claim.statement.predicate], [['kind', 'statement'], LET_GO]);
  });

  it('is verified with every trust that can know it, and with no other', async () => {
    const bundle = await makeKeyBundle({ statement: makeStatement({ subject: subject.digest }), privateKey });
    const trusts: readonly Trust[] = [trust, { ...trust, name: 'again' }, makeNotationWorld().trust];
    const { outcomes } = await signed(bundle.bytes, bundle.mediaType, { trusts });
    assert.deepEqual([...outcomes.keys()], [trust.name, 'again']);
  });

  it('that signs the bytes of the image counts for nobody while those cannot be read', async () => {
    const artifact = Buffer.from('the bytes of the image');
    const bundle = await makeMessageBundle(undefined, { artifact, privateKey });
    const here = await signed(bundle.bytes, bundle.mediaType, { readSubject: async () => artifact });
    assert.equal(here.outcomes.get(trust.name)?.verified, true);
    const fail = async (): Promise<never> => {
      throw new CodedError('server-error', 'status 503');
    };
    const content = await examine(bundle.bytes, bundle.mediaType, { readSubject: fail });
    assert.deepEqual([content.kind, content.kind === 'unread' && content.code], ['unread', 'server-error']);
  });

  it('is invalid where its verification ends with an error, whatever the error', async () => {
    const bundle = await makeKeyBundle({ statement: makeStatement({ subject: subject.digest }), privateKey });
    const odd = {
      ...trust,
      get log(): never {
        throw new TypeError('boom');
      },
    } as unknown as Trust;
    const { outcomes } = await signed(bundle.bytes, bundle.mediaType, { trusts: [odd] });
    const outcome = outcomes.get(trust.name);
    assert.deepEqual([outcome?.verified, outcome?.verified === false && outcome.state], [false, 'invalid']);
  });
});
