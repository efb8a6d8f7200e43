import { CodedError } from '../../errors/coded-error.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { encodedOf } from '../../oci/digest.ts';
import { ANNOTATION_TITLE, OCI_EMPTY } from '../../oci/media-types.ts';
import { foldTitle } from '../../oci/title.ts';
import type { Referrer } from '../../referrers/types.ts';
import { parseTitle, unsafeTitle } from './safe-title.ts';

/** A file to be written. */
export interface PlannedFile {
  readonly layer: Descriptor;
  /** Below the download folder: subject, artifact, then the segments of the title. */
  readonly segments: readonly string[];
}

const SHORT_HEX = 12;

/** The files of one artifact, every title checked. Throws `title-unsafe`, and `download-failed` where its manifest was not read. */
export function planDownload(referrer: Referrer): PlannedFile[] {
  const { manifest, subject, descriptor } = referrer;
  if (manifest === undefined) {
    throw new CodedError('download-failed', `referrer ${descriptor.digest} could not be read: its files are unknown`);
  }
  const layers = manifest.kind === 'manifest' ? manifest.layers : [];
  const folder = [shortHex(subject), shortHex(descriptor.digest)];
  const taken = new Map<string, Descriptor>();
  const files: PlannedFile[] = [];
  for (const layer of layers) {
    if (layer.mediaType === OCI_EMPTY) continue;
    const title = layer.annotations?.[ANNOTATION_TITLE];
    const segments =
      title === undefined ? [shortHex(layer.digest)] : parseTitle(title, `referrer ${descriptor.digest}`);
    if (takeName(taken, segments, layer, descriptor)) files.push({ layer, segments: [...folder, ...segments] });
  }
  return files;
}

/** False for a layer that is listed twice under one name. Throws where two would be one file, or a file and a folder. */
function takeName(
  taken: Map<string, Descriptor>,
  segments: readonly string[],
  layer: Descriptor,
  artifact: Descriptor,
): boolean {
  const name = foldTitle(segments.join('/'));
  const same = taken.get(name);
  if (same?.digest === layer.digest) return false;
  const clash =
    same !== undefined ||
    [...taken.keys()].some((other) => other.startsWith(`${name}/`) || name.startsWith(`${other}/`));
  if (clash) {
    throw unsafeTitle(
      `referrer ${artifact.digest} has two files titled ${JSON.stringify(segments.join('/'))}, as file systems without case see it`,
    );
  }
  taken.set(name, layer);
  return true;
}

function shortHex(digest: Descriptor['digest']): string {
  return encodedOf(digest).slice(0, SHORT_HEX);
}
