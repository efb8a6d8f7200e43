import { CodedError } from '../../errors/coded-error.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { OCI_EMPTY } from '../../oci/media-types.ts';
import { plural } from '../../report/plural.ts';
import type { Store } from '../../store/store.ts';
import type { DownloadRequest } from './download.ts';

/** What is held back until its last byte is proved: whoever reads a pipe has read the first ones by then. */
const MAX_BYTES = 256 * 1024 * 1024;
const SHOWN = 5;

interface FoundFile {
  readonly store: Store;
  readonly layer: Descriptor;
}

/**
 * The bytes of the one file that the referrers have between them, hashed and whole; the same file of several counts
 * once. Throws `download-not-one`, `download-failed`, and what reading a blob throws.
 */
export async function readOnlyFile(requests: readonly DownloadRequest[], signal: AbortSignal): Promise<Uint8Array> {
  const files = new Map(requests.flatMap(filesOf).map((file) => [file.layer.digest, file]));
  const [file, ...others] = files.values();
  if (file === undefined || others.length > 0) throw notOne([...files.values()]);
  const { store, layer } = file;
  if (layer.size > MAX_BYTES) {
    throw new CodedError('download-failed', `download: ${layer.digest} has ${layer.size} bytes, too many for a pipe`, {
      hint: `Up to ${MAX_BYTES} bytes are held back until they are proved. Download it into a folder.`,
    });
  }
  return Buffer.concat(await Array.fromAsync(store.openBlob(layer, { signal })));
}

function filesOf({ store, referrers }: DownloadRequest): FoundFile[] {
  return referrers.flatMap(({ manifest, descriptor }) => {
    if (manifest === undefined) {
      throw new CodedError('download-failed', `referrer ${descriptor.digest} could not be read: its files are unknown`);
    }
    const layers = manifest.kind === 'manifest' ? manifest.layers : [];
    return layers.filter(({ mediaType }) => mediaType !== OCI_EMPTY).map((layer) => ({ store, layer }));
  });
}

function notOne(files: readonly FoundFile[]): CodedError {
  const shown = files.slice(0, SHOWN).map(({ layer }) => layer.digest);
  const more = files.length > SHOWN ? `, and ${files.length - SHOWN} more` : '';
  const which = files.length === 0 ? '' : `: ${shown.join(', ')}${more}`;
  return new CodedError(
    'download-not-one',
    `download: stdout takes one file, and the referrers shown have ${plural(files.length, 'file')}${which}`,
    {
      hint:
        files.length === 0
          ? 'Run it without download to see what the image has.'
          : 'Narrow it with artifact-type, filter-annotation, platforms or latest, or download into a folder.',
    },
  );
}
