import { buildGoTool, type GoTool, REGCTL } from '../go-tools.ts';

/** Registries and clients that are Go programs of others, each at a fixed version. */
const ggcr = { module: 'github.com/google/go-containerregistry', version: 'v0.21.9' };

export const PEERS = {
  regctl: REGCTL,
  crane: { name: 'crane', ...ggcr, main: './cmd/crane' },
  'ggcr-registry': { name: 'ggcr-registry', ...ggcr, main: './cmd/registry' },
  'ggcr-referrers': { name: 'ggcr-referrers', folder: 'test/interop/ggcr-referrers' },
  olareg: { name: 'olareg', module: 'github.com/olareg/olareg', version: 'v0.1.1', main: './cmd/olareg' },
  oras: { name: 'oras', module: 'oras.land/oras', version: 'v1.3.3', main: './cmd/oras' },
  notation: {
    name: 'notation',
    module: 'github.com/notaryproject/notation',
    version: 'v1.3.2',
    main: './cmd/notation',
  },
  containerd: { name: 'containerd-referrers', folder: 'test/interop/containerd-referrers' },
  distribution: {
    name: 'distribution-registry',
    module: 'github.com/distribution/distribution/v3',
    version: 'v3.1.1',
    main: './cmd/registry',
  },
  // the large ones last
  cosign: { name: 'cosign', module: 'github.com/sigstore/cosign/v3', version: 'v3.1.2', main: './cmd/cosign' },
  zot: { name: 'zot', module: 'zotregistry.dev/zot/v2', version: 'v2.1.20', main: './cmd/zot' },
  // of workflows
  actionlint: {
    name: 'actionlint',
    module: 'github.com/rhysd/actionlint',
    version: 'v1.7.12',
    main: './cmd/actionlint',
  },
  act: { name: 'act', module: 'github.com/nektos/act', version: 'v0.2.87', main: '.' },
  conformance: {
    name: 'conformance',
    module: 'github.com/opencontainers/distribution-spec/conformance',
    version: '967efdc',
    main: '.',
  },
} as const satisfies Record<string, GoTool>;

export type PeerName = keyof typeof PEERS;

/** Where the program is, or why it could not be had. */
export type Program = { readonly path: string } | { readonly refused: string };

/** Builds the program, or says in one line why not. */
export async function haveProgram(name: PeerName): Promise<Program> {
  try {
    return { path: await buildGoTool(PEERS[name]) };
  } catch (error) {
    return { refused: reasonOf(error) };
  }
}

/** What the proxy or the compiler said last; addresses are of no interest to a reader. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
  const lines = (stderr || message).split('\n').map((line) => line.trim());
  const refused = lines.findLastIndex((line) => line.includes(': reading http'));
  const said = refused === -1 ? lines.filter((line) => line !== '').slice(-1) : lines.slice(refused, refused + 2);
  return said
    .filter((line) => line !== '')
    .join('; ')
    .replace(/(?:invalid version: )?reading https?:\/\/\S+:/, 'the module proxy answers');
}
