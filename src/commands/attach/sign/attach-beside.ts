import type { Artifact } from '../../../referrers/artifact.ts';
import { attachArtifacts } from '../../../referrers/attach-artifacts.ts';
import type { AttachTarget } from '../../../referrers/attach-types.ts';
import type { ChosenTarget } from '../attach-targets.ts';
import { rowOf } from '../attached-row.ts';
import type { AttachedRow } from '../result.ts';
import { type Signature, type SignedRequest, standingRow } from './signed-request.ts';
import { contentStatement, isSignedAlready, readArtifactSignable } from './signed-statement.ts';
import type { Signing } from './signing.ts';

/** The content of each file, signed as a statement about the subject, beside the file. */
export async function attachBeside(
  request: SignedRequest,
  repository: string,
  signing: Signing,
): Promise<AttachedRow[]> {
  const predicateTypes = new Map<Artifact, string>();
  const standing: AttachedRow[] = [];
  const targets = request.targets.then(async (chosen) => {
    const signatures = await allOrFirstError(chosen.map((target) => signTarget(target, request, signing)));
    return chosen.map((target, at): AttachTarget => {
      const place = { repository, subject: target.subject.digest, platform: target.platform };
      const made: Artifact[] = [];
      for (const signature of signatures[at] ?? []) {
        if (signature.state !== 'made') standing.push(standingRow(signature, place));
        else {
          predicateTypes.set(signature.artifact, signature.statement.predicateType);
          made.push(signature.artifact);
        }
      }
      return { ...target, artifacts: [...target.artifacts, ...made] };
    });
  });
  const outcomes = await attachArtifacts({ ...request, targets });
  const rows = outcomes.map((outcome): AttachedRow => {
    const predicateType = predicateTypes.get(outcome.bound.artifact);
    const row = rowOf(repository, outcome);
    return predicateType === undefined ? row : { ...row, titles: [], predicateType };
  });
  return [...rows, ...standing];
}

async function signTarget(
  { subject, planned }: ChosenTarget,
  request: SignedRequest,
  signing: Signing,
): Promise<readonly Signature[]> {
  const toSign = planned.filter((one) => !isSignedAlready(one));
  const signatures = toSign.map(async (one) => {
    const signable = await readArtifactSignable(one, signing.options.predicateType);
    const what = JSON.stringify(one.layers[0]?.file.shownPath ?? '');
    return signing.signatureOf(contentStatement(signable, subject.digest, request.store, what), request);
  });
  return allOrFirstError(signatures);
}

/** As Promise.all, but nothing is left running behind an error: a signature that is made later is not lost from sight. */
export async function allOrFirstError<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
