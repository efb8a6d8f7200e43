import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { ByteTurns } from '../../src/gate/byte-turns.ts';
import {
  askGithub,
  type BundleDocument,
  examineBundles,
  type OutsideOptions,
} from '../../src/gate/outside-evidence.ts';

import type { GithubAttestation, GithubClient } from '../../src/github/github-client.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { EvidenceItem } from '../../src/policy/evidence-item.ts';
import { newKeys, trustOfKey } from '../evidence/sigstore/trusted-world.ts';
import { absentDescriptor } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';

const [image, amd64, arm64, stranger] = ['index', 'amd64', 'arm64', 'stranger'].map(absentDescriptor) as [
  Descriptor,
  Descriptor,
  Descriptor,
  Descriptor,
];
const SUBJECTS = [image, amd64, arm64];
const privateKey = newKeys.p256();
const trust = trustOfKey(privateKey);
const options: OutsideOptions = {
  trusts: async () => [trust],
  now: new Date(),
  predicates: 'of-verified',
  turns: new ByteTurns(1),
  signal: new AbortController().signal,
  readManifest: async () => undefined,
};

async function bundleAbout(...subjects: readonly Descriptor[]): Promise<BundleDocument> {
  const statement = makeStatement({ subject: subjects.map(({ digest }) => digest) });
  const { bytes } = await makeKeyBundle({ statement, privateKey });
  return { bytes, origin: 'bundle.json' };
}

/** The subjects that a document counts for. */
function countsFor(items: readonly EvidenceItem[]): string[] {
  const names = new Map(Object.entries({ image, amd64, arm64 }).map(([name, { digest }]) => [digest, name]));
  return items
    .filter(({ content }) => content.kind === 'signed' && content.wrongSubject === undefined)
    .map(({ subject }) => names.get(subject) ?? subject);
}

describe('a bundle that the user gives', () => {
  for (const [title, about, expected] of [
    ['the image', [image], ['image']],
    ['one platform', [arm64], ['arm64']],
    ['two platforms', [amd64, arm64], ['amd64', 'arm64']],
    ['another image', [stranger], []],
  ] as const) {
    it(`about ${title} counts for that alone`, async () => {
      const items = await examineBundles([await bundleAbout(...about)], SUBJECTS, options);
      assert.deepEqual(countsFor(items), expected);
      assert.ok(items.length > 0, 'one that counts for nothing is told, too');
      for (const { sources, referrer, origin } of items) {
        assert.deepEqual([sources, referrer, origin], [['bundle-file'], undefined, 'bundle.json']);
      }
    });
  }

  it('is told once where it is about something else, and not beside those that are about the image', async () => {
    const [good, bad] = [await bundleAbout(amd64), await bundleAbout(stranger)];
    assert.deepEqual(
      (await examineBundles([bad], SUBJECTS, options)).map(({ subject }) => subject),
      [image.digest],
    );
    assert.deepEqual(countsFor(await examineBundles([good, bad], SUBJECTS, options)), ['amd64']);
  });
});

describe("GitHub's attestations", () => {
  const ask = (list: (repository: string) => Promise<readonly GithubAttestation[]>, ...repositories: string[]) =>
    askGithub(image, { client: { listAttestations: list } as unknown as GithubClient, repositories }, options);
  const error = new CodedError('github-api-failed', 'status 503');

  it('of several repositories are all looked at; where one cannot be asked, that is a gap', async () => {
    const { bytes } = await bundleAbout(image);
    const list = async (repository: string): Promise<readonly GithubAttestation[]> => {
      if (repository === 'acme/broken') throw error;
      return [{ bytes, origin: repository }];
    };
    const { items, gaps } = await ask(list, 'acme/app', 'acme/broken', 'acme/other');
    assert.deepEqual(
      items.map(({ origin }) => origin),
      ['acme/app', 'acme/other'],
    );
    assert.deepEqual(countsFor(items), ['image', 'image']);
    assert.deepEqual(
      gaps.map(({ subject, source, code, reason }) => [subject, source, code, reason]),
      [[image.digest, 'github', 'github-api-failed', 'attestations of acme/broken: status 503']],
    );
  });

  it('whose bytes could not be had are unread, and not bad', async () => {
    const { items, gaps } = await ask(async () => [{ origin: 'number 1', error }], 'acme/app');
    assert.deepEqual(
      items.map(({ content, sources }) => [content, sources]),
      [[{ kind: 'unread', code: 'github-api-failed', reason: 'status 503', hint: undefined }, ['github']]],
    );
    assert.deepEqual(gaps, []);
  });

  it('of another image do not count, whatever digest was asked for', async () => {
    const { bytes } = await bundleAbout(stranger);
    const { items } = await ask(async () => [{ bytes, origin: 'number 1' }], 'acme/app');
    assert.deepEqual(countsFor(items), []);
    assert.equal(items.length, 1);
  });
});
