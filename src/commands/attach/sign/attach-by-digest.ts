import { CodedError } from '../../../errors/coded-error.ts';
import type { Descriptor, Platform } from '../../../oci/descriptor.ts';
import type { Digest } from '../../../oci/digest.ts';
import { plainDescriptorOf } from '../../../oci/manifest.ts';
import { OCI_MANIFEST, SIGSTORE_BUNDLE_V03 } from '../../../oci/media-types.ts';
import { formatPlatform } from '../../../oci/platform.ts';
import { bindArtifact } from '../../../referrers/artifact.ts';
import { attachArtifacts } from '../../../referrers/attach-artifacts.ts';
import type { AttachOutcome, AttachTarget } from '../../../referrers/attach-types.ts';
import { fetchImage } from '../../../referrers/resolve-subject.ts';
import type { ChosenTarget } from '../attach-targets.ts';
import { rowOf } from '../attached-row.ts';
import type { AttachedRow } from '../result.ts';
import { allOrFirstError } from './attach-beside.ts';
import { type Signature, type SignedRequest, standingRow } from './signed-request.ts';
import { digestStatement, isSignedAlready } from './signed-statement.ts';
import type { Signing } from './signing.ts';

/** An artifact of the run whose manifest is signed. */
interface DigestJob {
  readonly target: AttachTarget;
  /** Of the artifact's manifest: as it will stand, or as an equal one stands already. */
  readonly digest: Digest;
  readonly signature: Signature;
}

/** The digest of each attached artifact, signed as cosign signs an image, on that artifact. */
export async function attachByDigest(
  request: SignedRequest,
  repository: string,
  signing: Signing,
): Promise<AttachedRow[]> {
  let jobs: readonly DigestJob[] = [];
  const targets = request.targets.then(async (chosen) => {
    jobs = await signAll(chosen, request, signing);
    return chosen;
  });
  const outcomes = await attachArtifacts({ ...request, targets });
  const rows = outcomes.map((outcome) => rowOf(repository, outcome));
  const signatures = await Promise.all(jobs.map((job) => attachSignature(job, outcomes, request, repository)));
  return [...rows, ...signatures];
}

async function signAll(
  chosen: readonly ChosenTarget[],
  request: SignedRequest,
  signing: Signing,
): Promise<readonly DigestJob[]> {
  const forecast = await forecastDigests(chosen, request);
  const jobs = forecast.map(async ({ target, digest, what }): Promise<DigestJob> => {
    const signature = await signing.signatureOf(digestStatement(digest, request.store, what), request);
    return { target, digest, signature };
  });
  return allOrFirstError(jobs);
}

interface Forecast {
  readonly target: AttachTarget;
  readonly digest: Digest;
  readonly what: string;
}

/**
 * Under which digest each artifact will stand. With `skip` and `replace` an equal one may be there under another digest
 * (another tool's, or with another time in it): a dry run tells.
 */
async function forecastDigests(chosen: readonly ChosenTarget[], request: SignedRequest): Promise<readonly Forecast[]> {
  const signed = new Set(
    chosen.flatMap(({ planned, artifacts }) =>
      artifacts.filter((_, at) => {
        const one = planned[at];
        return one !== undefined && !isSignedAlready(one);
      }),
    ),
  );
  if (request.ifExists === 'add') {
    return chosen.flatMap((target) =>
      target.artifacts
        .filter((artifact) => signed.has(artifact))
        .map((artifact) => ({
          target,
          digest: bindArtifact(artifact, target.subject).digest,
          what: nameOf(artifact.artifactType),
        })),
    );
  }
  const { early: _, earlySubject: __, onProgress: ___, ...settings } = request;
  const outcomes = await attachArtifacts({ ...settings, targets: chosen, dryRun: true });
  return outcomes.flatMap((outcome) => {
    if (!signed.has(outcome.bound.artifact)) return [];
    if (outcome.status === 'failed') throw outcome.error;
    const { target, digest, bound } = outcome;
    return [{ target, digest, what: nameOf(bound.artifact.artifactType) }];
  });
}

function nameOf(artifactType: string): string {
  return `the artifact of type ${artifactType}`;
}

/** Attaches one signature to its artifact, if that stands as it was signed. */
async function attachSignature(
  { target, digest, signature }: DigestJob,
  outcomes: readonly AttachOutcome[],
  request: SignedRequest,
  repository: string,
): Promise<AttachedRow> {
  const { platform } = target;
  if (signature.state !== 'made') return standingRow(signature, { repository, subject: digest, platform });
  const { predicateType } = signature.statement;
  const failed = (error: CodedError): AttachedRow =>
    failedRow({ repository, subject: digest, platform, predicateType, error });
  const stands = outcomes.find((outcome) => outcome.status !== 'failed' && outcome.digest === digest);
  if (stands === undefined) return failed(notAsSigned(digest));
  try {
    const subject = await descriptorOf(stands, digest, request);
    const { early: _, earlySubject: __, ...settings } = request;
    const [outcome] = await attachArtifacts({
      ...settings,
      targets: [{ subject, platform, artifacts: [signature.artifact] }],
    });
    if (outcome === undefined) return failed(notAsSigned(digest));
    return { ...rowOf(repository, outcome), titles: [], predicateType };
  } catch (thrown) {
    if (thrown instanceof CodedError) return failed(thrown);
    throw thrown;
  }
}

/** Of the artifact that stands: ours, whose bytes are known, or the equal one that was there. */
async function descriptorOf(
  { bound }: AttachOutcome,
  digest: Digest,
  { store, signal }: SignedRequest,
): Promise<Descriptor> {
  if (bound.digest === digest) return { mediaType: OCI_MANIFEST, digest, size: bound.bytes.byteLength };
  return plainDescriptorOf((await fetchImage(store, digest, { signal })).manifest);
}

function notAsSigned(digest: Digest): CodedError {
  return new CodedError(
    'sign-failed',
    `the signature of ${digest} was made and is not attached: that artifact does not stand on the registry`,
    { hint: 'Run the same attach again: its other rows say what went wrong.' },
  );
}

interface FailedParts {
  readonly repository: string;
  readonly subject: Digest;
  readonly platform: Platform | undefined;
  readonly predicateType: string;
  readonly error: CodedError;
}

function failedRow({ platform, ...parts }: FailedParts): AttachedRow {
  return {
    ...parts,
    platform: platform === undefined ? undefined : formatPlatform(platform),
    digest: undefined,
    artifactType: SIGSTORE_BUNDLE_V03,
    size: 0,
    titles: [],
    status: 'failed',
    via: undefined,
    replaces: [],
  };
}
