import type { ClientAct, InteropClient } from './client.ts';
import type { Ground } from './ground.ts';
import type { MatrixRow } from './matrix.ts';
import type { RegistryTraits } from './registries.ts';
import { agreesOnDeletion } from './rows/deletes.ts';
import { judgesSigned } from './rows/gate.ts';
import { listsTheirs } from './rows/lists-theirs.ts';
import { keepsMixedEntries } from './rows/mixed-writers.ts';
import { listsOurs, pullsOurs } from './rows/reads-ours.ts';
import { verifiesOurs } from './rows/verifies-ours.ts';

/** A row with a cell for every client and registry. */
export interface ClientMatrixRow extends MatrixRow {
  /** What the client must be able to do. */
  readonly acts: readonly ClientAct[];
  /** Undefined: on every registry. */
  readonly unless?: (registry: RegistryTraits, client: InteropClient) => string | undefined;
  readonly run: (ground: Ground, client: InteropClient, registry: RegistryTraits) => Promise<string | undefined>;
}

export const CLIENT_ROWS: readonly ClientMatrixRow[] = [
  {
    id: 'lists-ours',
    title: 'The client lists what we attach',
    text: 'Two files are attached to an image index; the client lists exactly these two, with our type and annotations.',
    acts: ['list'],
    unless: (_, { name, listsAll }) => (listsAll === false ? `${name} shows its own signatures only` : undefined),
    run: listsOurs,
  },
  {
    id: 'pulls-ours',
    title: 'The client pulls what we attach',
    text: 'Manifest and layer as the client fetched them have the digests that we attached.',
    acts: ['pull'],
    run: pullsOurs,
  },
  {
    id: 'lists-theirs',
    title: 'We list what the client attaches',
    text: 'One row, proved from its bytes, with the type and annotations that the client gave, from the source where the registry keeps referrers.',
    acts: ['attach'],
    run: listsTheirs,
  },
  {
    id: 'gate',
    title: 'The gate verifies what the client signs',
    text: 'Before anything is signed the gate fails. The client signs twice; each time the gate passes with a policy that trusts its key or certificate, and fails with one that trusts another. notation signs once as JWS, once as COSE.',
    acts: ['gate', 'attach'],
    run: judgesSigned,
  },
  {
    id: 'verifies-ours',
    title: 'The client verifies a signature that we attached',
    text: 'A bundle that the client made over the same image in another registry is attached by us; the client verifies the image with it.',
    acts: ['verify'],
    run: verifiesOurs,
  },
  {
    id: 'deletes',
    title: 'The client deletes, and we agree',
    text: 'Of two referrers of ours the client deletes one; we list the other, complete, and attach a third.',
    acts: ['delete'],
    run: agreesOnDeletion,
  },
  {
    id: 'mixes',
    title: 'Client and we write one fallback list',
    text: 'Client, we, client, we attach to one image. Each of our writes adds to the list and leaves every byte of it as it was; after each write of the client no entry is lost; in the end both list all four.',
    acts: ['attach', 'mix'],
    unless: ({ via }) => (via === 'api' ? 'the registry has the API: there is no fallback list' : undefined),
    run: keepsMixedEntries,
  },
];
