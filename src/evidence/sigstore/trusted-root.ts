import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { CodedError, hasCode } from '../../errors/coded-error.ts';
import { digestOf } from '../../oci/digest.ts';
import { decodeStrictUtf8, type JsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { RootInfo, SigstoreProfile, SigstoreTrust } from '../trust.ts';
import { checkTrustedRoot } from './check-trusted-root.ts';

const MAX_ROOT_BYTES = 4 * 1024 * 1024;
const MAX_ROOTS = 16;

export interface TrustedRootsOptions {
  /** `public-good`, `github`, or the file's name: what reports call it. */
  readonly label: string;
  readonly source: RootInfo['source'];
  /** When it was taken from its publisher. Default: the newest `validFor.start` in it. */
  readonly date?: Date | undefined;
  /** Default: what the root itself says, see profileOf. `timestamps` is at least 1. */
  readonly profile?: SigstoreProfile | undefined;
  /**
   * What it is needed for: `certificates` (default), or the `log` of signatures by a key: then it need not name a
   * certificate authority, but must name a log, and be the only one.
   */
  readonly asks?: 'certificates' | 'log' | undefined;
}

/**
 * Bytes of a trusted_root.json, or of JSON lines with one root each (`gh attestation trusted-root`), -> its roots, each
 * with its profile. Throws `trusted-root-invalid`.
 */
export function parseTrustedRoots(bytes: Uint8Array, options: TrustedRootsOptions): SigstoreTrust['roots'] {
  if (bytes.byteLength > MAX_ROOT_BYTES) {
    const problem = `${options.label} has ${bytes.byteLength} bytes, more than a trusted root may have (${MAX_ROOT_BYTES})`;
    throw new CodedError('trusted-root-invalid', problem);
  }
  try {
    const roots = splitRoots(bytes, options.label);
    if (options.asks === 'log' && roots.length > 1) {
      const problem = `${options.label} holds ${roots.length} roots, and a key has one`;
      const hint = 'Keep the one line whose log the signatures stand in.';
      throw new CodedError('trusted-root-invalid', problem, { hint });
    }
    return roots.map(({ text, json, what }) => buildRoot(text, json, what, options));
  } catch (error) {
    if (!hasCode(error, 'json-invalid')) throw error;
    throw new CodedError('trusted-root-invalid', error.message, { cause: error, hint: error.hint });
  }
}

/**
 * How much a root asks for, from the root alone and never from a bundle: an entry in a log and a log's promise for the
 * certificate where the root has such logs, and always a proved time, without which an expired certificate of ten
 * minutes could be used for ever. For the public-good root that is {1, 1, 1}, for GitHub's, which has no logs, {0, 0, 1}.
 */
export function profileOf(root: Pick<TrustedRoot, 'tlogs' | 'ctlogs'>): SigstoreProfile {
  return {
    transparencyLogs: root.tlogs.length > 0 ? 1 : 0,
    certificateLogs: root.ctlogs.length > 0 ? 1 : 0,
    timestamps: 1,
  };
}

interface RootText {
  readonly text: string;
  readonly json: JsonObject;
  readonly what: string;
}

function splitRoots(bytes: Uint8Array, label: string): readonly RootText[] {
  const text = decodeStrictUtf8(bytes, label);
  const lines = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{ text: line, at: at + 1 }]));
  const [first] = lines;
  if (first === undefined) throw new CodedError('trusted-root-invalid', `${label} is empty`);
  if (lines.length === 1 || !isJson(first.text)) {
    return [{ text, json: parseStrictJsonObject(text, { what: label }), what: label }];
  }
  if (lines.length > MAX_ROOTS) {
    throw new CodedError('trusted-root-invalid', `${label} holds ${lines.length} roots, more than ${MAX_ROOTS}`);
  }
  return lines.map((line) => {
    const what = `${label} line ${line.at}`;
    return { text: line.text, json: parseStrictJsonObject(line.text, { what }), what };
  });
}

/** JSON lines have a whole document in the first line; a document that is indented has not. */
function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function buildRoot(
  text: string,
  json: JsonObject,
  what: string,
  { label, source, date, profile, asks }: TrustedRootsOptions,
): SigstoreTrust['roots'][number] {
  const root = checkTrustedRoot(json, what, { asks, source });
  const info: RootInfo = { label, source, digest: digestOf(text), date: date ?? newestStart(root) };
  if (profile !== undefined && profile.timestamps < 1) {
    throw new CodedError(
      'trusted-root-invalid',
      `${what}: a profile without a proved time accepts expired certificates`,
    );
  }
  return { info, profile: profile ?? profileOf(root), root };
}

/** Every log has one (checked), and so has an authority, or its certificate does not matter to the age. */
function newestStart(root: TrustedRoot): Date {
  const ranges = [
    ...[...root.tlogs, ...root.ctlogs].map((log) => log.publicKey?.validFor),
    ...[...root.certificateAuthorities, ...root.timestampAuthorities].map((authority) => authority.validFor),
  ];
  return new Date(Math.max(0, ...ranges.map((range) => range?.start?.getTime() ?? 0)));
}
