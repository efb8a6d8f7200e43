import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AttachedRow } from '../../src/commands/attach/result.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { Digest } from '../../src/oci/digest.ts';
import type { AttachInputs, AttachRun } from './attach-run.ts';
import { type Attaching, startAttaching } from './attaching.ts';
import { githubIdentity } from './sigstore/identity.ts';
import { type OidcService, startOidcService } from './sigstore/oidc-service.ts';
import { type SigningConfigOptions, signingConfigOf } from './sigstore/signing-config.ts';
import { type SigstoreWorld, startSigstoreWorld, type WorldOptions } from './sigstore/sigstore-world.ts';

/** A registry with an image, a folder with an SBOM, a Sigstore and a token service; and runs of attach between them. */
export interface SigningStage extends Attaching {
  readonly world: SigstoreWorld;
  readonly oidc: OidcService;
  /** Attaches `sbom.spdx.json` and signs it keyless in the world, unless the inputs say otherwise. */
  sign(inputs?: AttachInputs, env?: Readonly<Record<string, string>>): Promise<AttachRun>;
  /** The manifest of a bundle and the bundle in it. */
  bundleOf(digest: Digest | undefined): Promise<AttachedBundle>;
  /** Requests to every service of the world so far. */
  asked(): number;
}

export interface AttachedBundle {
  readonly manifest: {
    readonly artifactType?: string;
    readonly config: { readonly mediaType: string };
    readonly layers: readonly { readonly mediaType: string; readonly digest: Digest }[];
    readonly subject: { readonly digest: Digest };
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly json: Record<string, unknown>;
  readonly statement: {
    readonly _type: string;
    readonly subject: readonly { readonly name?: string; readonly digest: Readonly<Record<string, string>> }[];
    readonly predicateType: string;
    readonly predicate: unknown;
  };
}

export const SPDX = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'app',
  documentNamespace: 'https://acme.example/app',
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: test'] },
  packages: [{ SPDXID: 'SPDXRef-app', name: 'app', downloadLocation: 'NOASSERTION' }],
};

export async function startSigning(
  t: Pick<TestContext, 'after'>,
  options: WorldOptions & { readonly quirks?: Quirks; readonly config?: SigningConfigOptions } = {},
): Promise<SigningStage> {
  const attaching = await startAttaching(t, options.quirks);
  const [world, oidc] = await Promise.all([startSigstoreWorld(options), startOidcService(githubIdentity())]);
  t.after(() => Promise.all([world.close(), oidc.close()]));
  const { workspace } = attaching;
  await workspace.write('sbom.spdx.json', JSON.stringify(SPDX, null, 2));
  await workspace.write('signing_config.json', signingConfigOf(world, options.config));
  await workspace.write('trusted_root.json', world.trustedRootJson);
  const { services } = world;
  return {
    ...attaching,
    world,
    oidc,
    sign: (inputs = {}, env = oidc.env) => {
      const given: AttachInputs = {
        files: 'sbom.spdx.json',
        sign: 'keyless',
        'signing-config': 'signing_config.json',
        'trusted-root': 'trusted_root.json',
        ...inputs,
      };
      // an empty input is none, as the runner passes it
      return attaching.attach(given, { env: { RUNNER_TEMP: join(workspace.path), ...env } });
    },
    bundleOf: async (digest) => {
      const { json: manifest } = await attaching.manifest(digest);
      const layer = (manifest as unknown as AttachedBundle['manifest']).layers[0];
      const url = `${attaching.registry.url}/v2/acme/app/blobs/${layer?.digest}`;
      const json = (await (await fetch(url)).json()) as AttachedBundle['json'];
      const { payload } = json['dsseEnvelope'] as { payload: string };
      const statement = JSON.parse(Buffer.from(payload, 'base64').toString()) as AttachedBundle['statement'];
      return { manifest: manifest as unknown as AttachedBundle['manifest'], json, statement };
    },
    asked: () => Object.values(services).reduce((sum, { requests }) => sum + requests.length, 0) + oidc.requests.length,
  };
}

/** The row of the file and the row of its signature. */
export function fileAndSignature(run: AttachRun): readonly [AttachedRow, AttachedRow] {
  const file = run.rows.find(({ predicateType }) => predicateType === undefined);
  const signature = run.rows.find(({ predicateType }) => predicateType !== undefined);
  assert.equal(run.rows.length, 2, JSON.stringify(run.rows));
  assert.ok(file !== undefined && signature !== undefined);
  return [file, signature];
}
