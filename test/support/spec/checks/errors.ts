import assert from 'node:assert/strict';
import { digestOf } from '../../../../src/oci/digest.ts';
import { type Answer, pushBlob, send } from '../../../embedded/registry-client.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

type Provocation = (ground: SpecGround) => Promise<Answer>;

/** What a registry refuses, and what it calls the reason. */
const PROVOCATIONS: Readonly<Record<string, readonly [codes: readonly string[], provoke: Provocation]>> = {
  'a blob that is not there': [
    ['BLOB_UNKNOWN'],
    async (ground) => {
      await pushBlob(ground.repository, ground.blob().bytes);
      return send('GET', `${ground.repository}/blobs/${digestOf('absent')}`);
    },
  ],
  'a manifest that is not there': [
    ['MANIFEST_UNKNOWN'],
    async (ground) => {
      await ground.pushed(await ground.artifact(), 'v1');
      return ground.manifest('GET', 'v2');
    },
  ],
  'a repository that is not there': [['NAME_UNKNOWN', 'MANIFEST_UNKNOWN'], (ground) => ground.manifest('GET', 'v1')],
  'an upload that is not there': [
    ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID'],
    async (ground) => {
      await pushBlob(ground.repository, ground.blob().bytes);
      return send('GET', `${ground.repository}/blobs/uploads/00000000-0000-4000-8000-000000000000`);
    },
  ],
  'a manifest of another digest': [
    ['DIGEST_INVALID', 'MANIFEST_INVALID'],
    async (ground) => ground.put(await ground.artifact(), digestOf('another')),
  ],
  'a manifest that is no JSON': [
    ['MANIFEST_INVALID'],
    async (ground) => {
      const { descriptor } = await ground.artifact();
      return ground.put({ bytes: Buffer.from('no JSON'), descriptor }, 'v1');
    },
  ],
};

const section = new Section('Error Codes');

/** A body may have any form; one in JSON has that of the specification, whatever its Content-Type says. */
function jsonOf(answer: Answer): { readonly errors: readonly { code: string; message?: unknown }[] } {
  try {
    return answer.json();
  } catch {
    throw new NotOffered(`no JSON: ${answer.text().slice(0, 40)}`);
  }
}

for (const [what, [codes, provoke]] of Object.entries(PROVOCATIONS)) {
  section.must(`names the reason by a code of its own: ${what}`, async (ground) => {
    const answer = await provoke(ground);
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    const { errors } = jsonOf(answer);
    assert.ok(Array.isArray(errors) && errors.length > 0, answer.text());
    for (const error of errors) {
      assert.match(error.code, /^[A-Z_]+$/);
      assert.ok(['string', 'undefined'].includes(typeof error.message), answer.text());
    }
    assert.ok(
      errors.some(({ code }) => codes.includes(code)),
      answer.text(),
    );
  });
}

section
  .must('answers 4xx to a repository name that is none', async (ground) => {
    for (const name of ['Upper/case', '-hyphen', 'under___scores']) {
      const { status } = await send('GET', `${ground.registry}/v2/${name}/tags/list`);
      assert.ok(status >= 400 && status < 500, `${name}: ${status}`);
    }
  })
  .must('takes every form of a repository name', async (ground) => {
    const suffix = ground.name.split('/')[1];
    for (const name of ['a', '0', 'a.b', 'a_b', 'a__b', 'a--b', 'a-b/c.d/e_f', 'manifests/tags']) {
      const url = `${ground.registry}/v2/${name}${suffix}`;
      const digest = await pushBlob(url, Buffer.from(name));
      assert.equal((await send('GET', `${url}/blobs/${digest}`)).text(), name);
    }
  });

const base = new Section('Endpoints').must('answers 200 to GET /v2/', async (ground) => {
  assert.equal((await send('GET', `${ground.registry}/v2/`)).status, 200);
});

export const ERRORS = [...base.checks, ...section.checks];
