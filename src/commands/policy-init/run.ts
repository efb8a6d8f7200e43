import { CodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { judgeImage } from '../../gate/judge-image.ts';
import { memoizeStore } from '../../gate/memoizing-store.ts';
import type { EvidenceGap } from '../../policy/evidence-item.ts';
import { parsePolicy } from '../../policy/parse/parse-policy.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { writePolicy } from '../../policy/write-policy.ts';
import { capabilitiesOfRun, createCapabilityMemory } from '../../referrers/capability.ts';
import { REFERRER_SOURCES } from '../../referrers/types.ts';
import type { CommandContext } from '../context.ts';
import { resolveTarget } from '../resolve-target.ts';
import { parseSubjects, type SubjectRequest } from '../subjects.ts';
import { loadTrusts } from '../verify/load-trusts.ts';
import { workspaceFiles } from '../verify/policy-files.ts';
import { observe } from './observe.ts';
import type { PolicyInitOptions } from './options.ts';
import { buildProbePolicy, buildProbeTrust } from './probe-policy.ts';

export interface PolicyInitResult {
  /** A policy file. */
  readonly text: string;
  /** What could not be looked at, and so is not in the policy. */
  readonly warnings: readonly Warning[];
}

/**
 * Looks at everything on an image, and writes the policy that asks for it. Throws `image-missing`, `evidence-missing`
 * where everything was looked at and nothing can be asked for, `list-incomplete` where it is not known; and what reading
 * the image, the keys and roots throws.
 */
export async function runPolicyInit(options: PolicyInitOptions, context: CommandContext): Promise<PolicyInitResult> {
  const subject = requireImage(options, context);
  const trust = buildProbeTrust(options);
  const policy = buildProbePolicy(trust);
  const trusts = await loadTrusts(trust, {
    files: workspaceFiles(context),
    mustPin: false,
    isUsed: () => true,
    fetchRoots: async (which) => {
      const { fetchTrustedRoots } = await import('../../tuf/fetch-trusted-roots.ts');
      return fetchTrustedRoots(which, { now: context.now });
    },
  });
  const { reference, requested } = subject;
  const store = memoizeStore(await context.openStore(reference));
  const { verdict } = await judgeImage({
    store,
    requested,
    target: await resolveTarget(reference, store, context.signal),
    policy,
    trusts,
    sources: REFERRER_SOURCES.filter((source) => isOpen(source, options)),
    distributionSpec: options.distributionSpec,
    capabilities: capabilitiesOfRun(context.capabilities ?? createCapabilityMemory()),
    now: context.now(),
    signal: context.signal,
  });
  return writeObserved(verdict, options, policy.trust, context);
}

/** `distribution-spec` may shut one of the two ways to the list. */
function isOpen(source: (typeof REFERRER_SOURCES)[number], { distributionSpec }: PolicyInitOptions): boolean {
  if (source === 'api') return distributionSpec !== 'v1.1-referrers-tag';
  return source !== 'tag-schema' || distributionSpec !== 'v1.1-referrers-api';
}

function requireImage(options: PolicyInitOptions, context: CommandContext): SubjectRequest {
  const { subjects, warnings } = parseSubjects({ image: options.from === undefined ? [] : [options.from] });
  for (const warning of warnings) context.onWarning?.(warning);
  const [subject] = subjects;
  if (subject !== undefined) return subject;
  throw new CodedError('image-missing', 'no image to write a policy from', {
    hint: 'As in oci-referrers policy init --from ghcr.io/acme/app:1.4.',
  });
}

async function writeObserved(
  verdict: ImageVerdict,
  { from = '' }: PolicyInitOptions,
  trust: ReturnType<typeof buildProbeTrust>,
  context: CommandContext,
): Promise<PolicyInitResult> {
  const { rules, remarks } = observe(verdict);
  const gaps = gapsOf(verdict);
  const unread = gaps.map(
    ({ source, subject, reason }) => `could not be looked at: ${source} of ${subject}: ${reason}`,
  );
  const text = writePolicy({
    image: from,
    digest: verdict.image.digest,
    date: context.now(),
    trust: [...trust.values()],
    rules,
    remarks: [...remarks, ...unread],
  });
  if (!/^ {2}- name: /m.test(text)) throw nothingFound(from, remarks, gaps);
  // what is written is what a gate will read: a fault here is ours
  await parsePolicy(text, { file: 'policy' });
  const warnings = gaps.map(
    ({ subject, source, reason }): Warning => ({ code: 'source-unread', message: `${source}: ${reason}`, subject }),
  );
  for (const warning of warnings) context.onWarning?.(warning);
  return { text, warnings };
}

function gapsOf({ rules }: ImageVerdict): EvidenceGap[] {
  const gaps = rules.flatMap(({ cells }) => cells.flatMap((cell) => cell.gaps));
  return [...new Map(gaps.map((gap) => [`${gap.source} ${gap.subject} ${gap.reason}`, gap])).values()];
}

function nothingFound(image: string, remarks: readonly string[], gaps: readonly EvidenceGap[]): CodedError {
  const [gap] = gaps;
  if (gap !== undefined) {
    return new CodedError(
      'list-incomplete',
      `${image}: nothing was found, and not everything could be looked at: ${gap.reason}`,
      { hint: gap.hint ?? 'Run it again when the registry answers: a policy is written of what is there.' },
    );
  }
  const [remark] = remarks;
  if (remark === undefined)
    return new CodedError('evidence-missing', `${image}: nothing refers to it`, {
      hint: 'Attach something first: oci-referrers attach.',
    });
  return new CodedError('evidence-missing', `${image}: nothing that refers to it can be asked for: ${remark}`, {
    hint: 'Name whom to trust: --key, --trusted-root, --notation-ca.',
  });
}
