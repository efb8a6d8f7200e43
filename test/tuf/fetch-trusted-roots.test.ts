import assert from 'node:assert/strict';
import { verify } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { PUBLIC_GOOD_TRUSTED_ROOT } from '../../src/evidence/sigstore/public-good-trusted-root.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { fetchTrustedRoots } from '../../src/tuf/fetch-trusted-roots.ts';
import { GITHUB_TUF_ROOT } from '../../src/tuf/github-tuf-root.ts';
import { type LoopbackServer, startServer } from '../support/loopback-server.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { buildRepository, canonicalJson, type TufRepository } from './tuf-repository.ts';

const ROOT = PUBLIC_GOOD_TRUSTED_ROOT.json;
const now = (): Date => new Date('2026-11-22T12:00:00Z');

/** The repository on loopback, for the time of a test. */
async function serve(t: TestContext, { files }: Pick<TufRepository, 'files'>): Promise<LoopbackServer> {
  return startServer(t, (request, response) => {
    const content = files.get(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
}

const fails = (says: RegExp) => (error: unknown) =>
  error instanceof CodedError &&
  error.code === 'trusted-root-fetch-failed' &&
  says.test(error.message) &&
  error.hint !== undefined;

describe('fetchTrustedRoots', () => {
  it('takes the root that the chain of signatures leads to', async (t) => {
    const repository = buildRepository({ target: ROOT });
    const mirror = await serve(t, repository);
    const { initialRoot } = repository;
    const [root, ...more] = await fetchTrustedRoots('github', {
      mirrorUrl: urlOf(mirror),
      initialRoot,
      retries: 0,
      now,
    });
    assert.ok(root);
    assert.equal(more.length, 0);
    assert.deepEqual(root.info, { label: 'github', source: 'tuf', digest: digestOf(ROOT), date: now() });
    assert.deepEqual(root.profile, { transparencyLogs: 0, certificateLogs: 0, timestamps: 1 });
    assert.equal(root.root.certificateAuthorities.length, 2);
    assert.ok(mirror.requests.some(({ url }) => url === '/timestamp.json'));
  });

  it('asks for the whole profile of the public-good instance', async (t) => {
    const repository = buildRepository({ target: ROOT });
    const mirror = await serve(t, repository);
    const { initialRoot } = repository;
    const [root] = await fetchTrustedRoots('public-good', { mirrorUrl: urlOf(mirror), initialRoot, retries: 0 });
    assert.deepEqual(root?.profile, { transparencyLogs: 1, certificateLogs: 1, timestamps: 1 });
  });

  it('leaves nothing behind', async (t) => {
    const repository = buildRepository({ target: ROOT });
    const mirror = await serve(t, repository);
    const outside = process.env['TMPDIR'];
    await using folder = await makeTempDir();
    process.env['TMPDIR'] = folder.path;
    try {
      const { initialRoot } = repository;
      await fetchTrustedRoots('github', { mirrorUrl: urlOf(mirror), initialRoot, retries: 0 });
      const refused = fetchTrustedRoots('github', { mirrorUrl: `${urlOf(mirror)}/none`, retries: 0 });
      await assert.rejects(refused, fails(/could not be fetched/));
    } finally {
      if (outside === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = outside;
    }
    assert.deepEqual(await readdir(folder.path), []);
  });

  const broken: readonly (readonly [string, (repository: TufRepository) => void, RegExp])[] = [
    ['a target with other bytes', ({ files }) => replaceTarget(files, `${ROOT} `), /could not be fetched/],
    ['no target', ({ files }) => files.delete(targetPath(files)), /could not be fetched/],
    ['no timestamp', ({ files }) => files.delete('/timestamp.json'), /could not be fetched/],
    ['a timestamp that is HTML', ({ files }) => files.set('/timestamp.json', '<html>'), /could not be fetched/],
    ['a snapshot of another version', ({ files }) => files.set('/1.snapshot.json', '{}'), /could not be fetched/],
  ];
  for (const [title, spoil, says] of broken) {
    it(`refuses ${title}`, async (t) => {
      const repository = buildRepository({ target: ROOT });
      spoil(repository);
      const mirror = await serve(t, repository);
      const { initialRoot } = repository;
      await assert.rejects(
        fetchTrustedRoots('github', { mirrorUrl: urlOf(mirror), initialRoot, retries: 0 }),
        fails(says),
      );
    });
  }

  it('refuses targets signed by a key that the root does not name', async (t) => {
    const repository = buildRepository({ target: ROOT, strangeTargets: true });
    const mirror = await serve(t, repository);
    const { initialRoot } = repository;
    const fetched = fetchTrustedRoots('public-good', { mirrorUrl: urlOf(mirror), initialRoot, retries: 0 });
    await assert.rejects(fetched, fails(/signed|verif/i));
  });

  it('refuses a timestamp that has expired', async (t) => {
    const repository = buildRepository({ target: ROOT, expires: new Date(Date.now() - 60_000) });
    const mirror = await serve(t, repository);
    const { initialRoot } = repository;
    const fetched = fetchTrustedRoots('public-good', { mirrorUrl: urlOf(mirror), initialRoot, retries: 0 });
    await assert.rejects(fetched, fails(/expired/i));
  });

  it('refuses another repository than the one whose root it begins with', async (t) => {
    const mirror = await serve(t, buildRepository({ target: ROOT }));
    const fetched = fetchTrustedRoots('github', { mirrorUrl: urlOf(mirror), retries: 0 });
    await assert.rejects(fetched, fails(/gh attestation|github/));
  });

  it('refuses a target that is signed and no trusted root', async (t) => {
    const repository = buildRepository({ target: '{}' });
    const mirror = await serve(t, repository);
    const { initialRoot } = repository;
    await assert.rejects(
      fetchTrustedRoots('github', { mirrorUrl: urlOf(mirror), initialRoot, retries: 0 }),
      (error) => error instanceof CodedError && error.code === 'trusted-root-invalid',
    );
  });

  it('says where it could not look, and what to do instead', async (t) => {
    const mirror = await serve(t, { files: new Map() });
    await mirror.stop();
    await assert.rejects(
      fetchTrustedRoots('github', { mirrorUrl: urlOf(mirror), retries: 0, timeout: 2000 }),
      (error) =>
        error instanceof CodedError &&
        error.code === 'trusted-root-fetch-failed' &&
        error.message.includes(urlOf(mirror)) &&
        (error.hint ?? '').includes('gh attestation trusted-root'),
    );
  });
});

describe("GitHub's first TUF root", () => {
  it('is signed by as many of its own keys as it asks for', () => {
    const { signed, signatures } = JSON.parse(GITHUB_TUF_ROOT);
    const bytes = Buffer.from(canonicalJson(signed));
    const { keyids, threshold } = signed.roles.root;
    const good = signatures.filter(({ keyid, sig }: { keyid: string; sig: string }) => {
      return (
        keyids.includes(keyid) && verify('sha256', bytes, signed.keys[keyid].keyval.public, Buffer.from(sig, 'hex'))
      );
    });
    assert.equal(threshold, 3);
    assert.equal(new Set(good.map(({ keyid }: { keyid: string }) => keyid)).size, 8);
  });
});

function urlOf({ url }: LoopbackServer): string {
  return url.origin;
}

function targetPath(files: ReadonlyMap<string, string>): string {
  const path = [...files.keys()].find((name) => name.startsWith('/targets/'));
  assert.ok(path);
  return path;
}

function replaceTarget(files: Map<string, string>, content: string): void {
  files.set(targetPath(files), content);
}
