import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseCertificates } from '../../../src/evidence/keys/certificates.ts';
import { openNotation } from '../../../src/evidence/notation/open-notation.ts';
import type { BrokenEvidence, SignedEvidence, VerifyOutcome } from '../../../src/evidence/signed-evidence.ts';
import type { NotationLevel, NotationTrust } from '../../../src/evidence/trust.ts';

/** Real signatures from elsewhere: set VECTORS_DIR to the folder that holds them. */
const DIR = process.env['VECTORS_DIR'] ?? '';
const skip = DIR === '' ? 'VECTORS_DIR is not set' : false;
const FOLDER = join(DIR, 'notation');
const NOW = new Date('2026-11-22T00:00:00Z');
const TARGET = 'sha256:60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e';

type Stores = Partial<Pick<NotationTrust, 'ca' | 'signingAuthority' | 'level'>>;

function trusting(stores: Stores): NotationTrust {
  return { kind: 'notation', name: 'corp', ca: [], signingAuthority: [], tsa: [], level: 'strict', ...stores };
}

function storeFile(name: string): X509Certificate[] {
  return parseCertificates(readFileSync(join(FOLDER, 'truststore/valid-trust-store', name), 'utf8'), name);
}

async function openFile(name: string): Promise<SignedEvidence | BrokenEvidence> {
  const bytes = readFileSync(join(FOLDER, name));
  const cose = name === 'cose_signature.sig';
  const mediaType = cose ? 'application/cose' : 'application/jose+json';
  return openNotation({ bytes, mediaType, annotations: {}, what: name }, cose ? 'notation-cose' : 'notation-jws');
}

async function open(name: string): Promise<SignedEvidence> {
  const opened = await openFile(name);
  assert.ok(opened.signed === true, opened.signed === 'broken' ? opened.reason : '');
  return opened;
}

async function verify(name: string, stores: Stores, now = NOW): Promise<VerifyOutcome> {
  return (await open(name)).verify(trusting(stores), { now });
}

function digestIn(evidence: SignedEvidence): string {
  assert.ok(evidence.claim.kind === 'manifest-digest');
  return evidence.claim.digest;
}

function rejected(outcome: VerifyOutcome, state: string, reason: RegExp): void {
  assert.ok(!outcome.verified);
  assert.equal(outcome.state, state);
  assert.match(outcome.reason, reason);
}

function accepted(outcome: VerifyOutcome): Extract<VerifyOutcome, { verified: true }> {
  assert.ok(outcome.verified, outcome.verified ? '' : outcome.reason);
  return outcome;
}

/** The certificates of a JWS vector itself. */
function ownChain(name: string): X509Certificate[] {
  const { header } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { header: { x5c: string[] } };
  return header.x5c.map((entry) => new X509Certificate(Buffer.from(entry, 'base64')));
}

describe('real Notary Project signatures', { skip }, () => {
  const root = skip === false ? storeFile('NotationTestRoot.pem') : [];
  const wabbit = skip === false ? storeFile('wabbit-networks.io.crt') : [];

  it('verifies a signature under notary.x509', async () => {
    const { signer, times, root: info } = accepted(await verify('ca_valid_sig_env.json', { ca: root }));
    assert.ok(signer.kind === 'notation');
    assert.equal(signer.identity, 'C=US, ST=WA, L=Seattle, O=Notary, CN=Notation Test Root');
    assert.equal(signer.scheme, 'notary.x509');
    assert.deepEqual(times, []);
    assert.equal(info?.label, 'ca: "C=US, ST=WA, L=Seattle, O=Notary, CN=Notation Test Root"');
    assert.equal(digestIn(await open('ca_valid_sig_env.json')), TARGET);
  });

  it('verifies a signature of a signing authority, at the time that it says', async () => {
    const { signer, times } = accepted(await verify('sa_valid_sig_env.json', { signingAuthority: root }));
    assert.ok(signer.kind === 'notation');
    assert.equal(signer.scheme, 'notary.x509.signingAuthority');
    assert.deepEqual(times, [{ time: new Date('2020-11-09T07:00:00Z'), source: 'signing-authority' }]);
    assert.equal(digestIn(await open('sa_valid_sig_env.json')), TARGET);
  });

  it('does not take the root of the one scheme for the root of the other', async () => {
    rejected(
      await verify('sa_valid_sig_env.json', { ca: root }),
      'untrusted',
      /not in the trust store \(signing-authority\)/,
    );
    rejected(
      await verify('ca_valid_sig_env.json', { signingAuthority: root }),
      'untrusted',
      /not in the trust store \(ca\)/,
    );
  });

  for (const scheme of ['ca', 'sa']) {
    const stores: Stores = { ca: root, signingAuthority: root };
    it(`rejects an expired signature under strict, and reports it under permissive and audit (${scheme})`, async () => {
      const name = `${scheme}_expired_sig_env.json`;
      rejected(await verify(name, stores), 'invalid', /^it expired on 2022-07-29/);
      accepted(await verify(name, stores, new Date('2022-07-29T12:00:00Z')));
      for (const level of ['permissive', 'audit'] as const) {
        const { notes } = accepted(await verify(name, { ...stores, level }));
        assert.match(notes.join('\n'), /expiry: not given, let through by level \w+: it expired on 2022-07-29/);
      }
    });

    it(`does not open what was signed in another spelling: its payload has padding (${scheme})`, async () => {
      const opened = await openFile(`${scheme}_invalid_sig_env.json`);
      assert.deepEqual(opened, { signed: 'broken', state: 'invalid', reason: 'payload is not base64url' });
    });

    for (const level of ['strict', 'permissive', 'audit'] as const) {
      it(`rejects an unknown critical attribute at level ${level} (${scheme})`, async () => {
        rejected(
          await verify(`${scheme}_plugin_sig_env.json`, { ...stores, level }),
          'invalid',
          /critical attribute "SomeKey"/,
        );
      });
    }
  }

  it('does not verify what asks for a plugin', async () => {
    const names = globSync('*pluginver_sig_env*.json', { cwd: FOLDER });
    assert.equal(names.length, 8);
    for (const name of names) {
      for (const level of ['strict', 'permissive', 'audit'] as const) {
        rejected(
          await verify(name, { ca: wabbit, level }),
          'unsupported',
          /plugin "io\.cncf\.notary\.plugin\.unittest\.mock"/,
        );
      }
    }
  });

  it('verifies one that is its own root, with its user metadata, while its certificate is valid', async () => {
    const name = 'sig_env_with_metadata.json';
    const ca = ownChain(name);
    const { claim } = await open(name);
    assert.deepEqual(claim, {
      kind: 'manifest-digest',
      digest: 'sha256:5a07385af4e6b6af81b0ebfd435aedccdfa3507f0609c658209e1aba57159b2b',
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      size: 942,
      annotations: { 'io.wabbit-networks.buildId': '123', 'io.wabbit-networks.buildTime': '1672944615' },
    });
    accepted(await verify(name, { ca }, new Date('2023-01-11T20:00:00Z')));
    rejected(await verify(name, { ca }), 'invalid', /expired on 2023-01-12.*no verified time/);
    const { notes } = accepted(await verify(name, { ca, level: 'permissive' }));
    assert.match(
      notes.join('\n'),
      /authentic timestamp: not given, let through by level permissive: .*expired on 2023-01-12/,
    );
    rejected(
      await verify(name, { ca: [...root, ...wabbit] }, new Date('2023-01-11T20:00:00Z')),
      'untrusted',
      /not in the trust store/,
    );
  });

  it('verifies the same target in JWS and in COSE', async () => {
    const chains = { 'jws_signature.sig': ownChain('jws_signature.sig'), 'cose_signature.sig': coseChain() };
    for (const [name, ca] of Object.entries(chains)) {
      accepted(await verify(name, { ca }));
      rejected(await verify(name, { ca: root }), 'untrusted', /not in the trust store/);
      assert.equal(
        digestIn(await open(name)),
        'sha256:19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0',
      );
    }
  });

  it('verifies nothing at level skip', async () => {
    const names = globSync(['*.json', '*.sig'], { cwd: FOLDER });
    assert.equal(names.length, 19);
    for (const name of names.filter((one) => !one.includes('_invalid_'))) {
      const level: NotationLevel = 'skip';
      rejected(
        await verify(name, { ca: root, signingAuthority: root, level }),
        'unsupported',
        /level of the trust is skip/,
      );
    }
  });
});

/** The one certificate in the COSE vector: found by its DER's beginning, SEQUENCE of a long length. */
function coseChain(): X509Certificate[] {
  const bytes = readFileSync(join(FOLDER, 'cose_signature.sig'));
  const at = bytes.indexOf(Buffer.from([0x30, 0x82]));
  return [new X509Certificate(bytes.subarray(at, at + 4 + bytes.readUInt16BE(at + 2)))];
}
