import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServeOptions } from '../../../src/commands/serve/options.ts';
import { runServe } from '../../../src/commands/serve/run.ts';
import { pushSampleImage, pushSampleReferrer } from '../../support/sample-image.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const options: ServeOptions = {
  root: undefined,
  host: '127.0.0.1',
  port: 0,
  referrersApi: true,
  referrersHeaders: false,
  sparseIndex: true,
  readOnly: false,
  username: undefined,
  password: undefined,
};

describe('serve', () => {
  it('serves a directory, with the referrers API and its headers', async () => {
    await using dir = await makeTempDir();
    await using served = await runServe({ ...options, root: dir.path, referrersHeaders: true });
    const target = { host: served.host, repository: 'acme/app' };
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, image.descriptor);
    const head = await fetch(`${served.url}/v2/acme/app/manifests/v1`, { method: 'HEAD' });
    assert.equal(head.headers.get('oci-referrers'), 'present');
    const list = await fetch(`${served.url}/v2/acme/app/referrers/${image.descriptor.digest}`);
    assert.equal(((await list.json()) as { manifests: unknown[] }).manifests.length, 1);
  });

  it('has no referrers API, and refuses writes, where it is told so', async () => {
    await using served = await runServe({ ...options, referrersApi: false, readOnly: true });
    const list = await fetch(`${served.url}/v2/acme/app/referrers/sha256:${'0'.repeat(64)}`);
    assert.equal(list.status, 404);
    await list.body?.cancel();
    const post = await fetch(`${served.url}/v2/acme/app/blobs/uploads/`, { method: 'POST' });
    assert.equal(post.status, 405);
  });

  it('asks for the user name and password that it was given', async () => {
    await using served = await runServe({ ...options, username: 'ann', password: 'secret' });
    assert.equal((await fetch(`${served.url}/v2/`)).status, 401);
    const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    assert.equal((await fetch(`${served.url}/v2/`, { headers: { authorization } })).status, 200);
  });

  it('says input-invalid when the port is taken', async () => {
    await using served = await runServe(options);
    const port = Number(new URL(served.url).port);
    await assert.rejects(runServe({ ...options, port }), { code: 'input-invalid' });
  });
});
