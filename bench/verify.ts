import { generateKeyPairSync } from 'node:crypto';
import { fingerprintOf } from '../src/evidence/keys/public-key.ts';
import { openEvidence } from '../src/evidence/open-evidence.ts';
import type { EvidenceDocument } from '../src/evidence/signed-evidence.ts';
import { parseTrustedRoots } from '../src/evidence/sigstore/trusted-root.ts';
import type { Trust } from '../src/evidence/trust.ts';
import { githubIdentity } from '../test/support/sigstore/identity.ts';
import { type MadeBundle, makeKeyBundle, makeKeylessBundle } from '../test/support/sigstore/make-bundle.ts';
import { makeCosignSignature } from '../test/support/sigstore/make-cosign.ts';
import { makeStatement } from '../test/support/sigstore/make-statement.ts';
import { startSigstoreWorld } from '../test/support/sigstore/sigstore-world.ts';
import { median, milliseconds, printTable } from './measure.ts';

const WARM_UP = 20;
const RUNS = 200;

/** What one piece of evidence costs after warm-up: opened from its bytes and verified, with a root that stays. */
export async function benchVerify(): Promise<void> {
  await using world = await startSigstoreWorld();
  const roots = parseTrustedRoots(Buffer.from(world.trustedRootJson), { label: 'bench', source: 'inline' });
  const { privateKey, publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sigstore: Trust = { kind: 'sigstore', name: 'sigstore', roots };
  const keyTrust: Trust = { kind: 'key', name: 'key', key, fingerprint: fingerprintOf(key), log: 'none' };
  const digest = `sha256:${'ab'.repeat(32)}` as const;
  const statement = makeStatement({ subject: digest });
  const identity = githubIdentity();
  const cosign = await makeCosignSignature(world, { digest, identity });
  const subjects: readonly (readonly [string, EvidenceDocument, Trust])[] = [
    ['bundle, Rekor v1', documentOf(await makeKeylessBundle(world, { statement, identity })), sigstore],
    [
      'bundle, Rekor v1 and TSA',
      documentOf(await makeKeylessBundle(world, { statement, identity, tsa: true })),
      sigstore,
    ],
    [
      'bundle, Rekor v2 and TSA',
      documentOf(await makeKeylessBundle(world, { statement, identity, rekor: 'v2' })),
      sigstore,
    ],
    ['bundle, key', documentOf(await makeKeyBundle({ statement, privateKey })), keyTrust],
    [
      'cosign signature, Rekor v1',
      { bytes: cosign.payload, mediaType: cosign.mediaType, annotations: cosign.annotations, what: 'layer' },
      sigstore,
    ],
  ];
  const rows: (readonly [string, number, number, number, number])[] = [];
  for (const [title, document, trust] of subjects) {
    const first = await milliseconds(() => verifyOnce(document, trust));
    for (let i = 0; i < WARM_UP; i++) await verifyOnce(document, trust);
    const times: number[] = [];
    const before = process.cpuUsage();
    for (let i = 0; i < RUNS; i++) times.push(await milliseconds(() => verifyOnce(document, trust)));
    const { user, system } = process.cpuUsage(before);
    const p95 = [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
    rows.push([title, first, median(times), p95, (user + system) / 1000 / RUNS]);
  }
  printTable(`One verification, ${RUNS} runs`, ['evidence', 'first, ms', 'median, ms', 'p95, ms', 'CPU, ms'], rows);
}

async function verifyOnce(document: EvidenceDocument, trust: Trust): Promise<void> {
  const evidence = await openEvidence(document, document.mediaType);
  const outcome = evidence.signed === true ? await evidence.verify(trust, { now: new Date() }) : undefined;
  if (outcome?.verified !== true) throw new Error(`not verified: ${JSON.stringify(outcome ?? evidence)}`);
}

function documentOf({ bytes, mediaType }: MadeBundle): EvidenceDocument {
  return { bytes, mediaType, annotations: {}, what: 'layer' };
}
