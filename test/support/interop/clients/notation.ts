import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReferrerSource } from '../../../../src/referrers/types.ts';
import { type InteropClient, nameOf, type SeenReferrer } from '../client.ts';
import { runProgram } from '../run-program.ts';

const SIGNATURE = 'application/vnd.cncf.notary.signature';
const KEY = 'acme.example';
/** A certificate that signs nothing. */
const OTHER = 'other.example';
const TRUST_POLICY = {
  version: '1.0',
  trustPolicies: [
    {
      name: 'all',
      registryScopes: ['*'],
      signatureVerification: { level: 'strict', override: { revocation: 'skip' } },
      trustStores: [`ca:${KEY}`],
      trustedIdentities: ['*'],
    },
  ],
};

/** notation with a test certificate of its own. `home` gets the key, the trust store and the trust policy. */
export async function notationClient(path: string, version: string, home: string): Promise<InteropClient> {
  const run = (args: readonly string[]): Promise<Buffer> =>
    runProgram(path, args, home, { env: { XDG_CONFIG_HOME: join(home, 'config') } });
  await run(['cert', 'generate-test', KEY]);
  await run(['cert', 'generate-test', OTHER]);
  const policy = join(home, 'config/notation/trustpolicy.json');
  await writeFile(policy, JSON.stringify(TRUST_POLICY), { mode: 0o600 });

  return {
    name: 'notation',
    version,
    listsAll: false,
    trust: {
      right: { notation: { ca: await certificateOf(home, KEY) } },
      wrong: { notation: { ca: await certificateOf(home, OTHER) } },
      wanted: { 'artifact-type': SIGNATURE },
      signer: { identity: '*' },
    },
    cannot: {
      pull: 'has no command that fetches any artifact',
      delete: 'has no command that deletes signatures',
      verify: ({ describes }) =>
        describes ? undefined : 'finds signatures by the type in the list, and this registry lists a wrong one',
    },
    async list(subject): Promise<readonly SeenReferrer[]> {
      const text = (await run(['list', '--insecure-registry', nameOf(subject)])).toString();
      const found = text.matchAll(/[├└]── (?<digest>sha256:[0-9a-f]{64})/gu);
      return [...found].map(({ groups }) => ({ digest: groups?.['digest'] ?? '', artifactType: SIGNATURE }));
    },
    async attach({ host, repository, subject, registry, content }) {
      const format = content.length % 2 === 0 ? 'jws' : 'cose';
      const target = nameOf({ host, repository, digest: subject.digest });
      await run(['sign', '--insecure-registry', '--key', KEY, '--signature-format', format, target]);
      // unless it is told otherwise it writes the referrers tag, and some APIs do not show what stands under one
      const tagged: readonly ReferrerSource[] = ['tag-schema'];
      const sources = registry.via === 'api' ? [['api', ...tagged] as const, tagged] : [tagged];
      return { artifactType: SIGNATURE, annotations: {}, sources };
    },
    async verify(subject) {
      await run(['verify', '--insecure-registry', nameOf(subject)]);
    },
  };
}

function certificateOf(home: string, name: string): Promise<string> {
  return readFile(join(home, `config/notation/localkeys/${name}.crt`), 'utf8');
}
