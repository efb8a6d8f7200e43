import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attach, openRegistry, parseDigest } from '../../src/index.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { pushSampleImage, pushSampleIndex } from '../../test/support/sample-image.ts';
import { type Act, ARTIFACT_TYPE, type Order } from './contender.ts';
import { type Ground, type GroundKind, USER } from './ground.ts';
import { runCommands } from './measured-run.ts';

/** A task on a kind of registry: one table. */
export interface Row {
  readonly id: string;
  readonly act: Act;
  readonly title: string;
  readonly ground: GroundKind;
  /** Of the figures without and with a delay; a row that writes much has fewer. */
  readonly runs: 'many' | 'few';
  readonly remark?: string;
}

const PLATFORMS = ['amd64', 'arm64', 's390x', 'ppc64le', 'riscv64', '386', 'loong64', 'mips64le'];

const ATTACH = 'Attach one file to a tag';
/** What says most comes first. */
export const ROWS: readonly Row[] = [
  { id: 'attach-api', act: 'attach', title: ATTACH, ground: 'api', runs: 'many' },
  { id: 'attach-tag', act: 'attach', title: ATTACH, ground: 'tag', runs: 'many' },
  { id: 'list-api', act: 'list', title: 'List 3 referrers', ground: 'api', runs: 'many' },
  { id: 'deep-api', act: 'list-deep', title: 'List deep, 8 platforms x 3', ground: 'api', runs: 'few' },
  { id: 'verify-api', act: 'verify', title: 'Verify a bundle signed with a key', ground: 'api', runs: 'many' },
  { id: 'eight-api', act: 'attach-platforms', title: 'Attach to 8 platforms', ground: 'api', runs: 'few' },
  { id: 'many', act: 'list-many', title: 'List a great many referrers', ground: 'many', runs: 'few' },
  { id: 'upload', act: 'upload', title: 'Attach a large file', ground: 'disk', runs: 'few' },
  { id: 'attach-api-token', act: 'attach', title: ATTACH, ground: 'api-token', runs: 'many' },
  {
    id: 'sign-api',
    act: 'sign',
    title: 'Sign a file with a key and attach the bundle',
    ground: 'api',
    runs: 'many',
    remark: 'Ours attaches the file as well: two artifacts, where cosign attaches one.',
  },
  { id: 'deep-tag', act: 'list-deep', title: 'List deep, 8 platforms x 3', ground: 'tag', runs: 'few' },
  { id: 'eight-tag', act: 'attach-platforms', title: 'Attach to 8 platforms', ground: 'tag', runs: 'few' },
  { id: 'list-tag', act: 'list', title: 'List 3 referrers', ground: 'tag', runs: 'many' },
  { id: 'verify-tag', act: 'verify', title: 'Verify a bundle signed with a key', ground: 'tag', runs: 'many' },
  { id: 'attach-tag-token', act: 'attach', title: ATTACH, ground: 'tag-token', runs: 'few' },
];

/** What all runs of a row have in common. */
export interface Scene {
  readonly row: Row;
  readonly ground: Ground;
  readonly folder: string;
  readonly file: string;
  /** Prepares the image of a run: its own where the run writes. */
  next(): Promise<Pick<Order, 'name' | 'reference'>>;
  readonly platforms: readonly string[];
  /** Throws if the run did not do its work. */
  check(reference: Pick<Order, 'name' | 'reference'>, output: string | undefined): Promise<void>;
}

export interface SceneOptions {
  readonly row: Row;
  readonly ground: Ground;
  readonly folder: string;
  readonly file: string;
  readonly cosign: string | undefined;
  readonly count: number;
}

export async function setScene(options: SceneOptions): Promise<Scene> {
  const { row, ground } = options;
  const platforms = row.act === 'attach-platforms' || row.act === 'list-deep' ? PLATFORMS : [];
  const base = { ...options, platforms: platforms.map((architecture) => `linux/${architecture}`) };
  if (row.act === 'list-many') return manyScene(base);
  let made = 0;
  const fresh = async () => {
    const repository = `bench/${row.id}-${made++}`;
    return { name: `${ground.host}/${repository}`, repository, reference: ':1', ...(await push(ground, repository)) };
  };
  const push = async (at: Ground, repository: string): Promise<{ readonly digests: readonly string[] }> => {
    const target = await at.target(repository);
    if (platforms.length === 0) {
      const { descriptor } = await pushSampleImage(target, { tag: '1', name: repository });
      return { digests: [descriptor.digest] };
    }
    const named = platforms.map((architecture) => ({ os: 'linux', architecture }));
    const index = await pushSampleIndex(target, { tag: '1', name: repository, platforms: named });
    return { digests: index.platforms.map(({ digest }) => digest) };
  };
  if (['attach', 'attach-platforms', 'sign', 'upload'].includes(row.act)) {
    const digests = new Map<string, readonly string[]>();
    return {
      ...base,
      next: async () => {
        const image = await fresh();
        digests.set(image.name, image.digests);
        return image;
      },
      check: async ({ name }) => {
        for (const digest of digests.get(name) ?? []) await checkListed(ground, name, digest, row.act === 'sign');
      },
    };
  }
  const image = await fresh();
  if (row.act === 'verify') await signWithCosign(options, image);
  const attached = row.act === 'verify' ? [] : await attachThree(ground, image.repository, image.digests);
  return {
    ...base,
    next: async () => image,
    check: async (_, output) => {
      const missing = output === undefined ? [] : attached.filter((digest) => !output.includes(digest.slice(7, 19)));
      if (missing.length > 0) throw new Error(`${missing.length} of ${attached.length} referrers are not shown`);
    },
  };
}

function manyScene(base: Omit<Scene, 'next' | 'check'> & { readonly count: number }): Scene {
  const image = { name: `${base.ground.host}/many`, reference: `@${base.ground.subject}` };
  return {
    ...base,
    next: async () => image,
    check: async (_, output) => {
      const count = output === undefined ? base.count : new Set(output.match(/sha256:[0-9a-f]{64}/g)).size;
      // the Action's outputs are cut at a size; then it says how many there are
      const told = Number(/^count(?:<<\S+\n|=)(\d+)/m.exec(output ?? '')?.[1] ?? 0);
      if (Math.max(count, told) < base.count) throw new Error(`${count} of ${base.count} referrers are shown`);
    },
  };
}

/** One entry, or with `two` up to two, in the list that the registry itself gives, by the API or at the tag. */
async function checkListed(ground: Ground, name: string, digest: string, two: boolean): Promise<void> {
  const repository = name.slice(name.indexOf('/') + 1);
  const { authorization } = await ground.target(repository);
  const headers = { ...(authorization !== undefined && { authorization }), accept: OCI_INDEX };
  const at = `http://${ground.direct}/v2/${repository}`;
  const lists = [`${at}/referrers/${digest}`, `${at}/manifests/${buildReferrersTag(parseDigest(digest))}`];
  for (const list of lists) {
    const response = await fetch(list, { headers });
    if (response.status === 404) await response.body?.cancel();
    else {
      const { manifests } = (await response.json()) as { readonly manifests: readonly unknown[] };
      if (manifests.length === 1 || (two && manifests.length === 2)) return;
      throw new Error(`${list} has ${manifests.length} entries`);
    }
  }
  throw new Error(`${name}: nothing refers to ${digest}`);
}

async function attachThree(ground: Ground, repository: string, subjects: readonly string[]): Promise<string[]> {
  const registry = await openRegistry();
  const store = await registry.repository(`${ground.direct}/${repository}`);
  const digests: string[] = [];
  for (const subject of subjects) {
    for (const part of ['one', 'two', 'three']) {
      const content = new TextEncoder().encode(JSON.stringify({ part, subject }));
      const files = [{ title: 'report.json', mediaType: 'application/json', content }];
      const target = parseDigest(subject);
      const { digest } = await attach({ store, target, artifactType: ARTIFACT_TYPE, files, settleMs: 0 });
      digests.push(digest);
    }
  }
  await registry.close();
  return digests;
}

/** The bundle that all verify is the peer's own. */
async function signWithCosign({ ground, folder, cosign }: SceneOptions, image: { readonly name: string }) {
  if (cosign === undefined) throw new Error('nobody can sign the bundle: cosign could not be had');
  const { cosignContender } = await import('./contenders/cosign.ts');
  await writeFile(join(folder, 'predicate.json'), JSON.stringify({ checked: true, id: digestOf(image.name) }));
  const order = { act: 'sign', reference: ':1', file: 'predicate.json', folder, platforms: [] } as const;
  const signer = cosignContender(cosign, '');
  const user = ground.asksForToken ? USER : undefined;
  const job = signer.job({ ...order, name: image.name, host: ground.host, user });
  if ('commands' in job) await runCommands(job.commands, folder);
}
