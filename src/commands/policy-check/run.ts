import { CodedError } from '../../errors/coded-error.ts';
import { digestOf } from '../../oci/digest.ts';
import { explainPolicy } from '../../policy/explain.ts';
import type { Policy } from '../../policy/policy.ts';
import { PolicyProblems } from '../../policy/policy-problems.ts';
import { type PolicyFinding, reviewPolicy } from '../../policy/review-policy.ts';
import type { CommandContext } from '../context.ts';
import { parsePolicyBytes } from '../verify/choose-policy.ts';
import { loadTrusts } from '../verify/load-trusts.ts';
import { type PolicyFiles, workspaceFiles } from '../verify/policy-files.ts';
import type { PolicyCheckOptions } from './options.ts';
import type { PolicyCheckResult } from './result.ts';

/**
 * Reads a policy, and all that it names, as a gate would before its first request; every error is a finding. Throws
 * `file-missing`, `file-unreadable` for the policy itself.
 */
export async function runPolicyCheck(
  { policy: file }: PolicyCheckOptions,
  context: Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'now'>,
): Promise<PolicyCheckResult> {
  const files = workspaceFiles(context);
  const bytes = await files.read(file);
  if (bytes === undefined) {
    throw new CodedError('file-missing', `the policy ${JSON.stringify(file)} does not exist`, {
      hint: 'Write one with oci-referrers policy init --from IMAGE, or see docs/policy.md.',
    });
  }
  const { policy, problems } = await parseAll(bytes, file);
  const findings =
    policy === undefined
      ? problems
      : [...(await checkMaterials(policy, files)), ...reviewPolicy(policy, context.now())];
  return {
    file,
    digest: digestOf(bytes),
    valid: findings.every(({ severity }) => severity === 'warning'),
    findings: findings.toSorted((a, b) => (a.location.line ?? 0) - (b.location.line ?? 0)),
    explanation: policy && explainPolicy(policy),
  };
}

async function parseAll(
  bytes: Uint8Array,
  file: string,
): Promise<{ readonly policy?: Policy; readonly problems: readonly PolicyFinding[] }> {
  try {
    return { policy: await parsePolicyBytes(bytes, file), problems: [] };
  } catch (thrown) {
    if (!(thrown instanceof PolicyProblems)) throw thrown;
    return { problems: thrown.problems.map((problem) => ({ ...problem, severity: 'error' })) };
  }
}

/** Each trust by itself, so that one bad key does not hide another. Roots that would be fetched are left alone. */
async function checkMaterials(policy: Policy, files: PolicyFiles): Promise<PolicyFinding[]> {
  const findings = [...policy.trust].map(async ([name, spec]): Promise<PolicyFinding[]> => {
    try {
      await loadTrusts(new Map([[name, spec]]), {
        files,
        mustPin: false,
        isUsed: () => false,
        fetchRoots: neverFetched,
      });
      return [];
    } catch (thrown) {
      if (!(thrown instanceof CodedError)) throw thrown;
      const { message, hint, location = spec.at } = thrown;
      return [{ severity: 'error', message, hint, location }];
    }
  });
  return (await Promise.all(findings)).flat();
}

function neverFetched(): never {
  throw new CodedError('internal', 'a policy is checked without asking any server');
}
