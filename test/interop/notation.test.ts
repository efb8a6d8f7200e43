/**
 * Signatures of the tests' own makers, judged by notation itself and by this project: the same answer to each. They are
 * on the embedded registry, as notation stores them.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { openNotation } from '../../src/evidence/notation/open-notation.ts';
import type { NotationTrust } from '../../src/evidence/trust.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { buildGoTool, type GoTool, skipWithoutGo } from '../support/go-tools.ts';
import { CODE_SIGNING, type Issued, SERVER_AUTH, TIME_STAMPING } from '../support/notation/certificates.ts';
import { makeNotationWorld, type NotationWorld, type WorldOptions } from '../support/notation/notation-world.ts';
import {
  EXPIRY,
  SIGNING_SCHEME,
  type SignNotationOptions,
  signNotationCose,
  signNotationJws,
  VERIFICATION_PLUGIN,
} from '../support/notation/sign-notation.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const NOTATION: GoTool = {
  name: 'notation',
  module: 'github.com/notaryproject/notation',
  version: 'v1.3.2',
  main: './cmd/notation',
};
const run = promisify(execFile);
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = Buffer.from('{}');
const HOUR = 3_600_000;

interface Case {
  readonly what: string;
  readonly verified: boolean;
  /** What notation says where it says something else. */
  readonly notationSays?: boolean;
  readonly world?: WorldOptions;
  readonly sign?: (world: NotationWorld) => Partial<SignNotationOptions>;
  readonly trust?: (world: NotationWorld) => Partial<NotationTrust>;
}

const past = { notBefore: new Date(Date.now() - 3 * HOUR), notAfter: new Date(Date.now() - HOUR) };
const CASES: readonly Case[] = [
  { what: 'of an RSA key of 2048 bits', verified: true, world: { ca: { key: 'rsa-2048' } } },
  { what: 'of an RSA key of 3072 bits', verified: true, world: { ca: { key: 'rsa-3072' } } },
  { what: 'of a P-256 key', verified: true },
  { what: 'of a P-384 key', verified: true, world: { ca: { key: 'p-384' } } },
  { what: 'of a P-521 key', verified: true, world: { ca: { key: 'p-521' } } },
  { what: 'of a signing authority', verified: true, sign: () => ({ scheme: 'notary.x509.signingAuthority' }) },
  { what: 'with an expiry to come', verified: true, sign: () => ({ expiry: new Date(Date.now() + HOUR) }) },
  {
    what: 'that has expired',
    verified: false,
    sign: () => ({ expiry: new Date(Date.now() - HOUR), signingTime: new Date(Date.now() - 2 * HOUR) }),
  },
  { what: 'of a stranger', verified: false, sign: ({ stranger }) => ({ chain: stranger.certificates }) },
  {
    what: 'whose root is for the other scheme',
    verified: false,
    trust: ({ authority, ca }) => ({ ca: [authority.root.certificate], signingAuthority: [ca.root.certificate] }),
  },
  {
    what: 'of an expired certificate, without a timestamp',
    verified: false,
    world: { ca: past },
    sign: () => ({ signingTime: new Date(Date.now() - 2 * HOUR) }),
  },
  {
    what: 'of an expired certificate, with a timestamp',
    verified: true,
    world: { ca: past },
    sign: () => ({ signingTime: new Date(Date.now() - 2 * HOUR), timestamp: true }),
  },
  {
    what: 'with a timestamp over other bytes',
    verified: false,
    world: { ca: past },
    sign: () => ({ signingTime: new Date(Date.now() - 2 * HOUR), timestamp: { over: Buffer.from('other') } }),
  },
  {
    what: 'with a timestamp of a code signer',
    verified: false,
    world: { ca: past, tsa: { leaf: { extendedKeyUsage: { oids: [CODE_SIGNING], critical: true } } } },
    sign: () => ({ signingTime: new Date(Date.now() - 2 * HOUR), timestamp: true }),
  },
  {
    what: 'with a timestamp whose purpose is not critical',
    verified: false,
    world: { ca: past, tsa: { leaf: { extendedKeyUsage: { oids: [TIME_STAMPING], critical: false } } } },
    sign: () => ({ signingTime: new Date(Date.now() - 2 * HOUR), timestamp: true }),
  },
  {
    what: 'with a timestamp of nobody trusted',
    verified: false,
    world: { ca: past },
    sign: () => ({ signingTime: new Date(Date.now() - 2 * HOUR), timestamp: true }),
    trust: ({ stranger }) => ({ tsa: [stranger.root.certificate] }),
  },
  {
    what: 'of a certificate for servers',
    verified: false,
    world: { ca: { leaf: { extendedKeyUsage: { oids: [SERVER_AUTH] } } } },
  },
  {
    what: 'of a certificate that may not sign',
    verified: false,
    world: { ca: { leaf: { keyUsage: { bits: ['keyEncipherment'] } } } },
  },
  {
    what: 'under an intermediate that is no authority',
    verified: false,
    world: { ca: { intermediate: { basicConstraints: { ca: false } } } },
  },
  {
    what: 'under a root that allows no intermediate',
    verified: false,
    world: { ca: { root: { basicConstraints: { ca: true, pathLength: 0 } } } },
  },
  { what: 'by a leaf signed with SHA-1', verified: false, world: { ca: { leaf: { hash: 'sha1' } } } },
  { what: 'without its root', verified: false, sign: ({ ca }) => ({ chain: [ca.leaf, ca.intermediate] }) },
  { what: 'with its root twice', verified: false, sign: ({ ca }) => ({ chain: [...ca.certificates, ca.root] }) },
  { what: 'with another algorithm', verified: false, sign: () => ({ headers: { alg: 'ES384', 1: -35 } }) },
  {
    what: 'with another content type',
    verified: false,
    sign: () => ({ headers: { cty: 'application/json', 3: 'application/json' } }),
  },
  {
    what: 'with an unknown critical attribute',
    verified: false,
    // notation 1.3.2 looks only for those it knows; signature-specification.md asks to fail on one that is not understood
    notationSays: true,
    sign: () => ({ headers: { 'io.example.must': 'x' }, critical: [SIGNING_SCHEME, 'io.example.must'] }),
  },
  {
    what: 'with a scheme that is not critical',
    verified: false,
    sign: () => ({ headers: { 'io.example.must': 'x' }, critical: ['io.example.must'] }),
  },
  {
    what: 'with an expiry that is not critical',
    verified: false,
    sign: () => ({ expiry: new Date(Date.now() + HOUR), critical: [SIGNING_SCHEME] }),
  },
  {
    what: 'with an expiry in crit that is not there',
    verified: false,
    sign: () => ({ critical: [SIGNING_SCHEME, EXPIRY] }),
  },
  {
    what: 'that asks for a plugin',
    verified: false,
    sign: () => ({ headers: { [VERIFICATION_PLUGIN]: 'io.example' }, critical: [SIGNING_SCHEME, VERIFICATION_PLUGIN] }),
  },
  {
    what: 'of another target',
    verified: false,
    sign: () => ({
      payload: JSON.stringify({ targetArtifact: { mediaType: MANIFEST, digest: digestOf('x'), size: 1 } }),
    }),
  },
];

const noGo = await skipWithoutGo();

describe('a Notary Project signature, to notation and to this project', { skip: noGo }, () => {
  let registry: EmbeddedRegistry;
  let dir: TempDir;
  let notation: string;
  let image: { readonly mediaType: string; readonly digest: string; readonly size: number };
  let count = 0;

  before(async () => {
    [registry, dir, notation] = await Promise.all([startEmbeddedRegistry(), makeTempDir(), buildGoTool(NOTATION)]);
  });
  after(async () => {
    await registry?.close();
    await dir?.remove();
  });

  for (const format of ['jws', 'cose'] as const) {
    for (const { what, verified, notationSays = verified, ...options } of CASES) {
      it(`${what} (${format}) is ${verified ? 'verified' : 'rejected'} by ${notationSays === verified ? 'both' : 'this project alone'}`, async () => {
        const world = makeNotationWorld(options.world);
        const trust = { ...world.trust, ...options.trust?.(world) };
        count += 1;
        const repository = `acme/app-${count}`;
        image = await pushManifest(repository, {
          config: await pushBlob(repository, EMPTY, 'application/vnd.oci.image.config.v1+json'),
          layers: [],
        });
        const signer = format === 'jws' ? signNotationJws : signNotationCose;
        const bytes = signer({ world, target: image, ...options.sign?.(world) });
        await pushSignature(repository, bytes, format, options.sign?.(world).chain ?? world.ca.certificates);
        assert.deepEqual(
          { notation: await judgedByNotation(repository, trust), here: await judgedHere(bytes, format, trust) },
          { notation: notationSays, here: verified },
        );
      });
    }
  }

  async function judgedHere(bytes: Buffer, format: 'jws' | 'cose', trust: NotationTrust): Promise<boolean> {
    const opened = await openNotation({ bytes, mediaType: '', annotations: {}, what: 'layer' }, `notation-${format}`);
    if (opened.signed !== true || opened.claim.kind !== 'manifest-digest') return false;
    const { digest, mediaType, size } = opened.claim;
    if (digest !== image.digest || mediaType !== image.mediaType || size !== image.size) return false;
    return (await opened.verify(trust, { now: new Date() })).verified;
  }

  /** Exit code 1 of a verification that failed, and nothing else that may go wrong. */
  async function judgedByNotation(repository: string, trust: NotationTrust): Promise<boolean> {
    const home = join(dir.path, repository);
    await writeTrust(home, trust);
    const reference = `${registry.host}/${repository}@${image.digest}`;
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home };
    try {
      const { stdout } = await run(notation, ['verify', '--insecure-registry', reference], { env });
      assert.match(stdout, /Successfully verified signature/);
      return true;
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      assert.match(
        stderr,
        /signature verification failed for all the signatures|signature is not valid|malformed/,
        stderr,
      );
      return false;
    }
  }

  async function writeTrust(home: string, trust: NotationTrust): Promise<void> {
    const folder = join(home, 'notation');
    for (const [store, certificates] of [
      ['ca', trust.ca],
      ['signingAuthority', trust.signingAuthority],
      ['tsa', trust.tsa],
    ] as const) {
      const path = join(folder, 'truststore/x509', store, 'corp');
      await mkdir(path, { recursive: true });
      await Promise.all(certificates.map((one, at) => writeFile(join(path, `${at}.pem`), one.toString())));
    }
    const policy = {
      name: 'all',
      registryScopes: ['*'],
      // a certificate that says nothing of revocation is not revoked, to notation
      signatureVerification: { level: 'strict', verifyTimestamp: 'afterCertExpiry' },
      trustStores: ['ca:corp', 'signingAuthority:corp', 'tsa:corp'],
      trustedIdentities: ['*'],
    };
    const file = join(folder, 'trustpolicy.json');
    await writeFile(file, JSON.stringify({ version: '1.0', trustPolicies: [policy] }));
    await chmod(file, 0o600);
  }

  async function pushSignature(
    repository: string,
    bytes: Buffer,
    format: 'jws' | 'cose',
    chain: readonly Issued[],
  ): Promise<void> {
    const thumbprints = chain.map(({ der }) => digestOf(der).slice('sha256:'.length));
    await pushManifest(repository, {
      config: await pushBlob(repository, EMPTY, 'application/vnd.cncf.notary.signature'),
      layers: [await pushBlob(repository, bytes, format === 'jws' ? 'application/jose+json' : 'application/cose')],
      subject: image,
      annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(thumbprints) },
    });
  }

  async function pushBlob(repository: string, bytes: Buffer, mediaType: string): Promise<object> {
    const digest = digestOf(bytes);
    const started = await fetch(`${registry.url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(started.headers.get('location') ?? '', registry.url);
    location.searchParams.set('digest', digest);
    const { status } = await fetch(location, { method: 'PUT', body: new Uint8Array(bytes) });
    assert.equal(status, 201);
    return { mediaType, digest, size: bytes.length };
  }

  async function pushManifest(repository: string, content: object): Promise<typeof image> {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, ...content });
    const digest = digestOf(body);
    const { status } = await fetch(`${registry.url}/v2/${repository}/manifests/${digest}`, {
      method: 'PUT',
      headers: { 'content-type': MANIFEST },
      body,
    });
    assert.equal(status, 201);
    return { mediaType: MANIFEST, digest, size: body.length };
  }
});
