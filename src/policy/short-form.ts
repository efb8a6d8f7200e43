import { CodedError } from '../errors/coded-error.ts';
import { nearName } from '../errors/near-name.ts';
import { parsePlatform } from '../oci/platform.ts';
import { parseDuration } from './duration.ts';
import { nearType } from './near-type.ts';
import { isInline } from './parse/read-material.ts';
import type { KeyTrustSpec, Material, Policy, Rule, SigstoreTrustSpec, TrustSpec, Wanted } from './policy.ts';
import { INPUTS, type InputLabel, SHORT_TRUST, type ShortFormInputs } from './short-form-inputs.ts';
import { readShortSigner, refuseSigners } from './short-signer.ts';
import { isArtifactType, isPredicateType } from './wanted-types.ts';

/**
 * Inputs -> policy: a rule for each line of `require` and `require-unsigned`. Throws `input-invalid`, `input-conflict`
 * (one input needs, or excludes, another) or `platform-invalid`, each with the names of the inputs.
 */
export function buildShortPolicy(inputs: ShortFormInputs, label: InputLabel = (name) => name): Policy {
  const required = new Set(inputs.require);
  const unsigned = new Set(inputs.requireUnsigned);
  checkRequired(required, unsigned, label);
  const shared = { on: inputs.on ?? 'either', platforms: readPlatforms(inputs.platforms), at: INPUTS } as const;
  const maxAge = readMaxAge(inputs, required.size > 0, label);
  const signed =
    required.size === 0 ? undefined : { signer: readShortSigner(inputs, label), trust: buildTrust(inputs, label) };
  if (signed === undefined) refuseSigners(inputs, label);
  const rules = [
    ...[...required].map((line): Rule => {
      const wanted = readWanted(line, label('require'));
      const signedBy = signed && { atLeast: 1, of: [signed.signer], at: INPUTS };
      return { name: line, ...shared, wanted, signed: true, signedBy, ...(maxAge !== undefined && { maxAge }) };
    }),
    ...[...unsigned].map((line): Rule => {
      const wanted = readWanted(line, label('require-unsigned'));
      return { name: `${line} (unsigned)`, ...shared, wanted, signed: false };
    }),
  ];
  return { origin: INPUTS.file, trust: new Map(signed && [[signed.trust.name, signed.trust]]), rules, waivers: [] };
}

function checkRequired(required: ReadonlySet<string>, unsigned: ReadonlySet<string>, label: InputLabel): void {
  if (required.size === 0 && unsigned.size === 0) {
    throw new CodedError(
      'input-conflict',
      `nothing is required: ${label('require')} and ${label('require-unsigned')} are empty`,
      {
        hint: `Give ${label('policy')}, or in ${label('require')} what must be there, such as https://slsa.dev/provenance/v1.`,
      },
    );
  }
  const both = [...required].find((line) => unsigned.has(line));
  if (both === undefined) return;
  throw new CodedError(
    'input-conflict',
    `${JSON.stringify(both)} stands in ${label('require')} and in ${label('require-unsigned')}`,
    {
      hint: `What ${label('require')} asks for is there and signed; leave the other out.`,
    },
  );
}

function readWanted(line: string, label: string): Wanted {
  if (isArtifactType(line)) return { kind: 'artifact-type', types: [line] };
  if (isPredicateType(line)) return { kind: 'predicate-type', types: [line] };
  const near = nearType(line);
  const hint =
    near === undefined
      ? 'Expected a URL such as https://slsa.dev/provenance/v1, or a media type such as application/spdx+json.'
      : `Did you mean ${near}?`;
  const message = `${label}: ${JSON.stringify(line)} is neither a predicate type nor a media type`;
  throw new CodedError('input-invalid', message, { hint });
}

function readPlatforms(platforms: readonly string[] = []): Rule['platforms'] {
  return platforms.length === 0 || platforms.includes('all') ? 'all' : platforms.map(parsePlatform);
}

function readMaxAge({ maxAge }: ShortFormInputs, isSigned: boolean, label: InputLabel): number | undefined {
  if (maxAge === undefined || maxAge === '') return undefined;
  if (!isSigned) {
    throw new CodedError(
      'input-conflict',
      `${label('max-age')} counts from a verified time, which what ${label('require-unsigned')} asks for has not`,
      {
        hint: `Leave it out, or ask for signed evidence in ${label('require')}.`,
      },
    );
  }
  const seconds = parseDuration(maxAge);
  if (seconds !== undefined) return seconds;
  throw new CodedError(
    'input-invalid',
    `${label('max-age')}: expected a duration such as 30d, 12h, 90m or 1w, got ${JSON.stringify(maxAge)}`,
  );
}

function buildTrust(inputs: ShortFormInputs, label: InputLabel): TrustSpec {
  if (inputs.key) {
    const trust: KeyTrustSpec = {
      kind: 'key',
      name: SHORT_TRUST.key,
      key: material(inputs.key),
      log: 'none',
      at: INPUTS,
    };
    return trust;
  }
  const root = inputs.trustedRoot || 'public-good';
  const named = root === 'public-good' || root === 'github' ? root : undefined;
  const refresh = inputs.refreshTrustedRoot ?? false;
  if (refresh && named === undefined) {
    throw new CodedError(
      'input-conflict',
      `${label('refresh-trusted-root')}: the file of ${label('trusted-root')} cannot be fetched`,
    );
  }
  if (named === undefined) checkRootName(root, label);
  const trust: SigstoreTrustSpec = {
    kind: 'sigstore',
    name: SHORT_TRUST.certificate,
    root: named ?? material(root),
    refresh,
    at: INPUTS,
  };
  return trust;
}

/** A word like `public_good` is a slip, not a file: a file has a folder or an ending. */
function checkRootName(root: string, label: InputLabel): void {
  const near = /^[A-Za-z_ -]+$/.test(root) ? nearName(root, ['public-good', 'github']) : undefined;
  if (near === undefined) return;
  const message = `${label('trusted-root')}: expected public-good, github or a file, got ${JSON.stringify(root)}`;
  throw new CodedError('input-invalid', message, { hint: `Did you mean ${near}?` });
}

function material(text: string): Material {
  return isInline(text) ? { kind: 'inline', text, at: INPUTS } : { kind: 'file', path: text, at: INPUTS };
}
