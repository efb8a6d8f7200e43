import { CodedError } from '../../errors/coded-error.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { decodeStrictUtf8 } from '../../oci/strict-json.ts';
import type { Policy } from '../../policy/policy.ts';
import { PolicyProblems } from '../../policy/policy-problems.ts';
import type { CommandContext } from '../context.ts';
import { forwardSlashes } from '../forward-slashes.ts';
import { camelCase } from '../option-spec.ts';
import { RULE_INPUTS, type VerifyOptions } from './options.ts';
import { type PolicyFiles, workspaceFiles } from './policy-files.ts';
import { requirePin } from './read-material.ts';

export interface ChosenPolicy {
  readonly policy: Policy;
  /** Of the file; undefined for the short form. */
  readonly digest: Digest | undefined;
  /** See PolicyUsed. */
  readonly fingerprint: Digest;
  /** The git ref that it was read at; undefined: the workspace, or the inputs. */
  readonly ref: string | undefined;
}

/**
 * The policy of the inputs: a file, or the short form. Throws `input-conflict` where both are given, PolicyProblems,
 * `policy-pin-mismatch`, `file-missing`; `policy-not-on-base` where a git ref does not have it, which is no fault of the
 * inputs and leaves the verdict unknown.
 */
export async function choosePolicy(
  options: VerifyOptions,
  files: PolicyFiles,
  context: CommandContext,
): Promise<ChosenPolicy> {
  if (options.policy === undefined) {
    const { buildShortPolicy } = await import('../../policy/short-form.ts');
    return {
      policy: buildShortPolicy(options, context.labelOption),
      digest: undefined,
      fingerprint: digestOf(JSON.stringify(ruleInputs(options))),
      ref: undefined,
    };
  }
  requireDigest(options.policySha256);
  const hint = 'A policy file says all of that itself: move it there, or leave the policy out.';
  refuseRuleInputs(options, 'policy', hint, context.labelOption);
  const path = forwardSlashes(options.policy);
  const bytes = await files.read(path);
  if (bytes === undefined) throw await missingPolicy(path, files, context);
  requirePin(bytes, options.policySha256, `policy ${JSON.stringify(path)}`);
  const digest = digestOf(bytes);
  return { policy: await parsePolicyBytes(bytes, path), digest, fingerprint: digest, ref: files.ref };
}

function requireDigest(pin: string | undefined): void {
  if (pin === undefined || /^(?:sha256:)?[0-9a-f]{64}$/i.test(pin)) return;
  throw new CodedError('input-invalid', `policy-sha256: expected 64 hexadecimal digits, got ${JSON.stringify(pin)}`, {
    hint: '`sha256sum FILE` prints them, and so does oci-referrers policy check.',
  });
}

/** Throws `input-conflict` where an input of the short form is given beside `what`. */
export function refuseRuleInputs(
  options: VerifyOptions,
  what: string,
  hint: string,
  label: (name: string) => string = (name) => name,
): void {
  const given = ruleInputs(options)
    .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== null && value !== false))
    .map(([name]) => name);
  if (given.length === 0) return;
  throw new CodedError('input-conflict', `${label(what)} and ${given.map(label).join(', ')} cannot be given together`, {
    hint,
  });
}

/** The inputs of the short form, in the order of their declaration. */
function ruleInputs(options: VerifyOptions): [name: string, value: unknown][] {
  const values = new Map<string, unknown>(Object.entries(options));
  return RULE_INPUTS.map((name) => [name, values.get(camelCase(name)) ?? null]);
}

/** The bytes of a policy file -> policy. Throws PolicyProblems. */
export async function parsePolicyBytes(bytes: Uint8Array, file: string): Promise<Policy> {
  const text = decodePolicy(bytes, file);
  const { parsePolicy } = await import('../../policy/parse/parse-policy.ts');
  return parsePolicy(text, { file });
}

function decodePolicy(bytes: Uint8Array, file: string): string {
  try {
    return decodeStrictUtf8(bytes, file);
  } catch (thrown) {
    const message = thrown instanceof CodedError ? thrown.message : String(thrown);
    throw new PolicyProblems([{ message, location: { file, line: 1, column: 1 } }]);
  }
}

async function missingPolicy(path: string, files: PolicyFiles, context: CommandContext): Promise<CodedError> {
  const what = `the policy ${JSON.stringify(path)} does not exist in ${files.place}`;
  if (files.ref === undefined) {
    return new CodedError('file-missing', what, {
      hint: 'Paths start at the workspace: does the job check the repository out (actions/checkout)?',
    });
  }
  const { said, cause } = await lookAtProposed(path, context);
  return new CodedError('policy-not-on-base', what, { cause, hint: `Merge the policy first. ${said}` });
}

/** What is checked out is the proposal: it is parsed, so that its errors are seen before it is merged, and never used. */
async function lookAtProposed(
  path: string,
  context: CommandContext,
): Promise<{ readonly said: string; readonly cause?: PolicyProblems }> {
  try {
    const bytes = await workspaceFiles(context).read(path);
    if (bytes === undefined) return { said: 'The workspace does not have it either.' };
    await parsePolicyBytes(bytes, path);
    return { said: 'The version in the workspace is valid; it was not used.' };
  } catch (thrown) {
    if (thrown instanceof PolicyProblems) {
      return { said: 'The version in the workspace has errors; it was not used.', cause: thrown };
    }
    if (thrown instanceof CodedError)
      return { said: `The version in the workspace cannot be read: ${thrown.message}.` };
    throw thrown;
  }
}
