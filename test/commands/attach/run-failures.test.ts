import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { errorResponse } from '../../../src/embedded/exchange.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { REPORT_TYPE } from '../../support/attach-run.ts';
import { BY_TAG, startAttaching, stepsOf } from '../../support/attaching.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

const MIB = 1024 * 1024;

describe('several images', () => {
  it('are all attached to where one fails, which has a row with its error', async (t) => {
    const { attach, registry, reference } = await startAttaching(t);
    const other = { host: registry.host, repository: 'acme/other' };
    const { descriptor } = await pushSampleImage(other, { tag: 'v1', name: 'other' });
    const missing = `${registry.host}/acme/app:missing`;
    const { rows, subjectDigests } = await attach({
      image: `${reference}\n${missing}\n${registry.host}/acme/other:v1`,
    });
    assert.deepEqual(
      rows.map(({ repository, status, error }) => [repository, status, error?.code]),
      [
        [`${registry.host}/acme/app`, 'attached', undefined],
        [`${registry.host}/acme/app`, 'failed', 'manifest-unknown'],
        [`${registry.host}/acme/other`, 'attached', undefined],
      ],
    );
    assert.match(rows[1]?.error?.message ?? '', /acme\/app:missing: 127\.0\.0\.1:\d+ answered 404/);
    assert.deepEqual(subjectDigests, [rows[0]?.subject, descriptor.digest]);
  });

  it('of registries that are down fail for themselves', async (t) => {
    const { attach, reference } = await startAttaching(t);
    const { rows } = await attach({ image: `127.0.0.1:9/acme/app:v1\n${reference}`, retries: '0' });
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error?.code]),
      [
        ['failed', 'network-unreachable'],
        ['attached', undefined],
      ],
    );
  });
});

describe('an attach that fails', () => {
  for (const ifExists of ['skip', 'add']) {
    it(`since the image is not there writes nothing and leaves no upload (if-exists: ${ifExists})`, async (t) => {
      const { attachFails, registry, writes } = await startAttaching(t);
      registry.quirks.delayMs = 10;
      const error = await attachFails({ image: `${registry.host}/acme/app:missing`, 'if-exists': ifExists });
      assert.equal(error.code, 'manifest-unknown');
      // sessions may have been begun beside the reading; all are cancelled, none got a byte
      const sent = writes().filter(({ method }) => method === 'PUT' || method === 'PATCH');
      assert.deepEqual(stepsOf(sent), []);
    });
  }

  it('since the file changed after it was hashed attaches nothing', async (t) => {
    const { attach, registry, workspace, listed } = await startAttaching(t);
    await workspace.write('big.bin', new Uint8Array(3 * MIB));
    let changed = false;
    registry.quirks.intercept = async ({ path, method }) => {
      if (method !== 'POST' || !path.includes('/blobs/uploads/') || changed) return undefined;
      changed = true;
      await writeFile(join(workspace.path, 'big.bin'), new Uint8Array(3 * MIB).fill(1));
      return undefined;
    };
    const { row } = await attach({ files: 'big.bin:application/x' });
    assert.deepEqual([row.status, row.error?.code, row.digest], ['failed', 'file-changed', undefined]);
    assert.match(row.error?.message ?? '', /big\.bin/);
    assert.deepEqual(await listed(), []);
    assert.ok(!(await registry.holds('acme/app', digestOf(new Uint8Array(3 * MIB)))));
  });

  for (const [title, quirks, code] of [
    ['in a read-only registry (405)', { readOnly: 405 }, 'read-only'],
    ['in a read-only registry (403)', { readOnly: 403 }, 'denied'],
    ['in a registry that rejects the blob', { maxBlobBytes: 3 }, 'upload-refused'],
  ] as const) {
    it(`${title} says so`, async (t) => {
      const { attachFails } = await startAttaching(t, quirks);
      assert.equal((await attachFails()).code, code);
    });
  }

  it('since the list could not be written names the manifest that stands, and the next run does the rest', async (t) => {
    const attaching = await startAttaching(t, { ...BY_TAG });
    attaching.registry.quirks.intercept = ({ method, path }) =>
      method === 'PUT' && path.includes('/manifests/sha256-') ? errorResponse(403, 'DENIED', 'no tags') : undefined;
    const { row } = await attaching.attach();
    assert.equal(row.error?.code, 'denied');
    assert.match(row.error?.message ?? '', new RegExp(`The manifest ${row.digest} is on the registry`));
    attaching.registry.quirks.intercept = undefined;
    const again = await attaching.attach();
    assert.deepEqual([again.row.status, again.row.digest], ['attached', row.digest]);
    assert.deepEqual(stepsOf(attaching.writes()), ['PUT tag 201']);
  });

  it('is a usage error before any request where the inputs are wrong', async (t) => {
    const { attach, registry } = await startAttaching(t);
    for (const [inputs, code] of [
      [{ files: 'nowhere.json' }, 'file-missing'],
      [{ files: '*.nothing' }, 'file-no-match'],
      [{ files: '../x' }, 'file-outside-workspace'],
      [{ 'artifact-type': 'no type' }, 'artifact-type-invalid'],
      [{ annotations: 'no value' }, 'annotation-invalid'],
      [{ platforms: 'index,linux/amd64' }, 'input-conflict'],
      [{ platforms: 'linux' }, 'platform-invalid'],
      [{ image: 'UPPER CASE' }, 'reference-invalid'],
    ] as const) {
      await assert.rejects(attach(inputs), { code }, JSON.stringify(inputs));
    }
    assert.deepEqual(registry.log, []);
  });
});

describe('the end of a run in the middle', () => {
  const interrupted = new CodedError('aborted', 'the run was interrupted');

  it('cancels the uploads that had begun, and gives every image a row with the reason', async (t) => {
    const { attach, registry, reference, workspace } = await startAttaching(t);
    const run = new AbortController();
    await workspace.write('big.bin', new Uint8Array(8 * MIB));
    registry.quirks.intercept = ({ method, path }) => {
      if (method === 'PUT' && path.includes('/blobs/')) run.abort(interrupted);
      return undefined;
    };
    const files = `big.bin:application/x\nreport.json:${REPORT_TYPE}`;
    const { rows } = await attach({ image: reference, files, 'if-exists': 'add' }, { interrupt: run.signal });
    assert.ok(rows.length > 0);
    for (const { status, error } of rows) assert.deepEqual([status, error], ['failed', interrupted]);
    assert.ok(stepsOf(registry.log).includes('DELETE blobs 204'));
    assert.equal(registry.openUploads, 0);
  });

  it('while the image is being read is the reason of its row', async (t) => {
    const { attach, registry } = await startAttaching(t);
    const run = new AbortController();
    registry.quirks.intercept = ({ path }) => {
      if (path.includes('/manifests/')) run.abort(interrupted);
      return undefined;
    };
    const { row } = await attach({ 'if-exists': 'add' }, { interrupt: run.signal });
    assert.deepEqual([row.status, row.error], ['failed', interrupted]);
  });

  it('while the list settles leaves what was written, and says so', async (t) => {
    const { attach, registry, listed } = await startAttaching(t, BY_TAG);
    const run = new AbortController();
    let written = false;
    registry.quirks.intercept = ({ method, path }) => {
      if (!path.includes('/manifests/sha256-')) return undefined;
      if (method === 'PUT') written = true;
      else if (written) setTimeout(() => run.abort(interrupted), 5);
      return undefined;
    };
    const { row } = await attach({ 'if-exists': 'add' }, { interrupt: run.signal });
    assert.equal(row.error?.code, 'aborted');
    assert.match(
      row.error?.message ?? '',
      /The manifest sha256:[0-9a-f]{64} was taken by the registry, and not seen there since$/,
    );
    assert.equal((await listed()).length, 1);
  });

  it('by its deadline is the same, with the code of the deadline', async (t) => {
    const { attachFails, registry } = await startAttaching(t);
    registry.quirks.intercept = async ({ method }) => {
      if (method === 'PUT') await new Promise((resolve) => setTimeout(resolve, 1500));
      return undefined;
    };
    const error = await attachFails({ deadline: '1', 'if-exists': 'add' });
    assert.equal(error.code, 'deadline-exceeded');
  });

  it('by its deadline while the fallback list is written again and again names the request that it waited for', async (t) => {
    const { attachFails, registry } = await startAttaching(t, BY_TAG);
    registry.quirks.intercept = ({ method, path }) =>
      method === 'PUT' && path.includes('/manifests/sha256-') ? new Promise(() => undefined) : undefined;
    const error = await attachFails({ deadline: '1', 'if-exists': 'add' });
    assert.equal(error.code, 'deadline-exceeded');
    assert.match(error.message, /it waited for PUT http:\/\/[^ ]+\/manifests\/sha256-[0-9a-f]{64}, for \d\.\d s/);
  });
});
