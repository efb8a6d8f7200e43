import { CodedError, type SourceLocation } from '../../errors/coded-error.ts';
import { digestOf } from '../../oci/digest.ts';
import type { Material } from '../../policy/policy.ts';
import type { PolicyFiles } from './policy-files.ts';

/** The bytes of a key, certificate or trust root, and what messages call them. */
export interface ReadMaterial {
  readonly bytes: Uint8Array;
  readonly what: string;
  readonly source: 'file' | 'inline';
}

export interface MaterialRules {
  readonly files: PolicyFiles;
  /** `policy-sha256` is set: then every file is pinned, too, or the pin would hold for a part of the policy only. */
  readonly mustPin: boolean;
}

/**
 * Reads what a policy names, from the place that the policy itself came from. Throws `policy-unpinned`,
 * `policy-pin-mismatch`, `file-missing`, `file-outside-workspace`, `file-unreadable`, at the line of the policy.
 */
export async function readMaterial(material: Material, { files, mustPin }: MaterialRules): Promise<ReadMaterial> {
  const { at } = material;
  if (material.kind === 'inline') {
    return { bytes: new TextEncoder().encode(material.text), what: `the text at ${lineOf(at)}`, source: 'inline' };
  }
  const { path, sha256 } = material;
  if (mustPin && sha256 === undefined) {
    throw new CodedError('policy-unpinned', `policy-sha256 is set, and ${JSON.stringify(path)} is not pinned`, {
      hint: 'Add sha256 beside the path, or write the PEM into the policy.',
      location: at,
    });
  }
  const bytes = await atLocation(at, () => files.read(path));
  if (bytes === undefined) {
    throw new CodedError('file-missing', `${JSON.stringify(path)} does not exist in ${files.place}`, {
      hint: 'Paths start at the root of the repository, or of the workspace.',
      location: placeOf(at),
    });
  }
  requirePin(bytes, sha256, JSON.stringify(path), at);
  return { bytes, what: path, source: 'file' };
}

/** Throws `policy-pin-mismatch` unless the bytes hash to the pin; no pin allows everything. */
export function requirePin(bytes: Uint8Array, pin: string | undefined, what: string, at?: SourceLocation): void {
  if (pin === undefined) return;
  const expected = `sha256:${pin.replace(/^sha256:/i, '').toLowerCase()}`;
  const got = digestOf(bytes);
  if (got === expected) return;
  throw new CodedError('policy-pin-mismatch', `${what} is pinned to ${expected}, and is ${got}`, {
    hint: withOtherLineEnds(bytes).includes(expected)
      ? 'Its line ends alone are others: git writes CRLF at a checkout on Windows (core.autocrlf). Give the file `-text` in .gitattributes.'
      : 'Look at what changed, then change the pin.',
    location: at,
  });
}

/** Digests of the same text with LF, and with CRLF. */
function withOtherLineEnds(bytes: Uint8Array): readonly string[] {
  const lf = Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
  return [lf, lf.replaceAll('\n', '\r\n')].map((text) => digestOf(Buffer.from(text, 'latin1')));
}

/** Gives an error of the work the place in the policy that led to it, unless it has one of its own. */
export async function atLocation<T>(at: SourceLocation, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.location !== undefined) throw thrown;
    const { code, message, hint, cause } = thrown;
    throw new CodedError(code, message, { hint, cause, location: placeOf(at) });
  }
}

/** What came from inputs stands in no file that an annotation could point at. */
function placeOf(at: SourceLocation): SourceLocation | undefined {
  return at.line === undefined ? undefined : at;
}

function lineOf({ file, line }: SourceLocation): string {
  return line === undefined ? file : `${file} line ${line}`;
}
