import type { VerifiedImage, VerifyResult } from '../../src/commands/verify/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { Signer } from '../../src/evidence/signer.ts';
import type { RootInfo } from '../../src/evidence/trust.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { parsePlatform } from '../../src/oci/platform.ts';
import type { EvidenceGap, EvidenceItem } from '../../src/policy/evidence-item.ts';
import type { Policy, Rule } from '../../src/policy/policy.ts';
import {
  type CandidateJudgement,
  type Cell,
  type ImageVerdict,
  type Verdict,
  type VerdictNotice,
  worstVerdict,
} from '../../src/policy/verdict.ts';

/** Verdicts as plain data, for what comes after the judgement. */

export const SLSA = 'https://slsa.dev/provenance/v1';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SPDX = 'application/spdx+json';
export const POLICY_FILE = '.github/referrers.yml';
/** Text that is more than text to some reader: Markdown, HTML, a workflow command, a terminal, bidi, a line break. */
export const HOSTILE =
  'x|y\n| a | b |\n</pre></details></td></table><img src=x onerror=alert(1)>`[l](javascript:x)`\x1b[31m@me ::error::x ##[error]y \u202egpj --> ```';

export const SAMPLE_ROOT: RootInfo = {
  label: 'public-good',
  source: 'embedded',
  digest: digestOf('public-good root'),
  date: new Date('2026-10-30T00:00:00Z'),
};

export const SAMPLE_SIGNER: Signer = {
  kind: 'certificate',
  identity: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0',
  issuer: 'https://token.actions.githubusercontent.com',
  extensions: { '12': 'https://github.com/acme/app', '14': 'refs/tags/v1.4.0', '11': 'github-hosted' },
  fingerprint: digestOf('certificate'),
};

const REUSABLE: Signer = {
  ...SAMPLE_SIGNER,
  identity: 'https://github.com/acme/build-tools/.github/workflows/docker.yml@refs/heads/main',
  fingerprint: digestOf('reusable'),
};

export function sampleRule(name: string, rest: Partial<Rule> = {}): Rule {
  return {
    name,
    on: 'either',
    platforms: 'all',
    wanted: { kind: 'predicate-type', types: [SLSA] },
    signed: true,
    at: { file: POLICY_FILE, line: 14, column: 5 },
    ...rest,
  };
}

export function samplePolicy(rules: readonly Rule[], rest: Partial<Policy> = {}): Policy {
  return { origin: POLICY_FILE, trust: new Map(), rules, waivers: [], ...rest };
}

export function sampleItem(name: string, subject: Digest, rest: Partial<EvidenceItem> = {}): EvidenceItem {
  return {
    subject,
    referrer: digestOf(`referrer ${name}`),
    document: digestOf(`document ${name}`),
    sources: ['api'],
    artifactType: BUNDLE,
    annotations: {},
    content: {
      kind: 'signed',
      format: 'sigstore-bundle',
      claim: {
        kind: 'statement',
        statement: { type: 'https://in-toto.io/Statement/v1', predicateType: SLSA, subjects: [], predicate: {} },
      },
      envelope: digestOf(`envelope ${name}`),
      outcomes: new Map(),
    },
    ...rest,
  };
}

export function verified(name: string, subject: Digest, rest: Partial<CandidateJudgement> = {}): CandidateJudgement {
  return {
    item: sampleItem(name, subject),
    state: 'verified',
    reason: 'signed by release.yml of acme/app',
    signer: SAMPLE_SIGNER,
    trust: 'sigstore',
    root: SAMPLE_ROOT,
    times: [{ time: new Date('2026-11-20T09:14:02Z'), source: 'transparency-log' }],
    ...rest,
  };
}

export function unsignedSbom(
  name: string,
  subject: Digest,
  rest: Partial<CandidateJudgement> = {},
): CandidateJudgement {
  const content = { kind: 'unsigned', contentType: SPDX } as const;
  return {
    item: sampleItem(name, subject, { artifactType: SPDX, content }),
    state: 'unsigned',
    reason: 'an SPDX document of 212 packages, without a signature',
    ...rest,
  };
}

/** Right in every way, but by another workflow than the rule names. */
export function untrusted(name: string, subject: Digest, rest: Partial<CandidateJudgement> = {}): CandidateJudgement {
  return {
    item: sampleItem(name, subject),
    state: 'untrusted-identity',
    reason: 'the signature is right, but not by a signer that the rule accepts',
    signer: REUSABLE,
    trust: 'sigstore',
    root: SAMPLE_ROOT,
    times: [{ time: new Date('2026-11-20T09:14:02Z'), source: 'transparency-log' }],
    mismatch: {
      rows: [
        { field: 'repository', expected: 'acme/app', found: 'acme/app', matches: true },
        { field: 'ref', expected: 'refs/tags/v*', found: 'refs/heads/main', matches: false },
        {
          field: 'signer-workflow',
          expected: 'acme/app/.github/workflows/release.yml',
          found: 'acme/build-tools/.github/workflows/docker.yml',
          matches: false,
        },
      ],
      explanation:
        'signed by reusable workflow acme/build-tools/.github/workflows/docker.yml@refs/heads/main, called from acme/app/.github/workflows/release.yml',
      paste:
        '- trust: sigstore\n  github:\n    repository: "acme/app"\n    workflow: ".github/workflows/release.yml"\n    signer-workflow: "acme/build-tools/.github/workflows/docker.yml"\n    ref: "refs/heads/main"',
    },
    ...rest,
  };
}

export function sampleCell(rule: string, column: string, digest: Digest, rest: Partial<Cell> = {}): Cell {
  return { rule, column, digest, state: 'pass', reason: 'met', evidence: [], rejected: [], gaps: [], ...rest };
}

export function sampleGap(subject: Digest, rest: Partial<EvidenceGap> = {}): EvidenceGap {
  return {
    subject,
    source: 'api',
    code: 'server-error',
    reason: 'GET https://ghcr.io/v2/acme/app/referrers/…: HTTP 503 Service Unavailable (after 6 attempts)',
    hint: 'The registry could not answer. Try again, or ask for other sources with `sources`.',
    ...rest,
  };
}

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'];

/** An index of `platforms`, judged by rules whose cells `cellOf` gives (or undefined: not asked there). */
export function sampleImage(
  requested: string,
  rules: readonly Rule[],
  cellOf: (rule: Rule, column: string, digest: Digest) => Cell | undefined,
  rest: { readonly platforms?: readonly string[]; readonly notices?: readonly VerdictNotice[] } = {},
): ImageVerdict {
  const platforms = rest.platforms ?? PLATFORMS;
  const digest = digestOf(`index of ${requested}`);
  const children = platforms.map((name) => ({
    platform: parsePlatform(name),
    digest: digestOf(`${name} of ${requested}`),
    presence: 'present' as const,
  }));
  const isIndex = platforms.length > 0;
  const columns = [
    { name: isIndex ? 'index' : 'image', digest, presence: 'present' as const },
    ...children.map((child, i) => ({ name: platforms[i] ?? '', digest: child.digest, presence: child.presence })),
  ];
  const judged = rules.map((rule) => {
    const cells = columns.map(
      (column) =>
        cellOf(rule, column.name, column.digest) ??
        sampleCell(rule.name, column.name, column.digest, {
          state: 'not-applicable',
          reason: 'the rule is not about it',
        }),
    );
    return { rule, verdict: verdictOf(cells), cells };
  });
  return {
    image: {
      requested,
      repository: requested.replace(/[:@][^/]*$/, ''),
      digest,
      kind: isIndex ? 'index' : 'manifest',
      platforms: children,
    },
    verdict: worstVerdict(judged.map(({ verdict }) => verdict)),
    columns,
    rules: judged,
    notices: rest.notices ?? [],
  };
}

function verdictOf(cells: readonly Cell[]): Verdict {
  const states = cells.map(({ state }) => state);
  if (states.includes('fail')) return 'fail';
  return states.includes('unknown') ? 'unknown' : 'pass';
}

export function sampleResult(
  images: readonly (ImageVerdict | VerifiedImage)[],
  rest: Partial<VerifyResult> = {},
): VerifyResult {
  const all = images.map(
    (image): VerifiedImage => ('requested' in image ? image : { requested: image.image.requested, verdict: image }),
  );
  const rules = all.flatMap(({ verdict }) => verdict?.rules.map(({ rule }) => rule) ?? []);
  const unique = [...new Map(rules.map((rule) => [rule.name, rule])).values()];
  return {
    verdict: worstVerdict(all.map(({ verdict }) => verdict?.verdict ?? 'unknown')),
    mode: 'enforce',
    used: {
      policy: samplePolicy(unique),
      digest: digestOf('policy'),
      fingerprint: digestOf('policy'),
      ref: 'main',
      roots: new Map([['sigstore', [SAMPLE_ROOT]]]),
    },
    images: all,
    warnings: [],
    checkedAt: new Date('2026-11-22T05:00:00Z'),
    ...rest,
  };
}

const RULES = [
  sampleRule('SBOM on every platform', {
    on: 'each-platform',
    wanted: { kind: 'artifact-type', types: [SPDX] },
    signed: false,
    at: { file: POLICY_FILE, line: 8, column: 5 },
  }),
  sampleRule('SLSA provenance from our release workflow', {
    signedBy: {
      atLeast: 1,
      of: [
        {
          trust: 'sigstore',
          github: {
            repository: { kind: 'glob', text: 'acme/app' },
            signerWorkflow: { kind: 'glob', text: 'acme/app/.github/workflows/release.yml' },
            ref: { kind: 'glob', text: 'refs/tags/v*' },
          },
          at: { file: POLICY_FILE, line: 17, column: 11 },
        },
      ],
      at: { file: POLICY_FILE, line: 16, column: 7 },
    },
    maxAge: 30 * 86_400,
  }),
  sampleRule('two reviewers', { on: 'index', at: { file: POLICY_FILE, line: 22, column: 5 } }),
  sampleRule('the SBOM is itself signed', { on: 'each-platform', at: { file: POLICY_FILE, line: 30, column: 5 } }),
];

/** How the cell of a rule of RULES is met. */
function met(rule: Rule, column: string, digest: Digest): Cell | undefined {
  const name = `${rule.name} ${column}`;
  const isIndex = column === 'index' || column === 'image';
  if (rule.on === 'each-platform' && isIndex) return undefined;
  if (rule.on === 'index' && !isIndex) return undefined;
  if (rule.on === 'either' && isIndex) return undefined;
  if (!rule.signed)
    return sampleCell(rule.name, column, digest, {
      reason: 'an SPDX document is there',
      evidence: [unsignedSbom(name, digest)],
    });
  const evidence = [verified(name, digest)];
  return sampleCell(rule.name, column, digest, { reason: 'a verified statement is there', evidence });
}

/** Everything is met: four rules on an index of three platforms. */
export function samplePass(requested = 'ghcr.io/acme/app:1.4'): ImageVerdict {
  return sampleImage(requested, RULES, met);
}

/** A platform's SBOM is missing, and the provenance is by a reusable workflow that nobody named; one rule is waived. */
export function sampleFail(requested = 'ghcr.io/acme/app:1.4'): ImageVerdict {
  const waiver = {
    rule: 'two reviewers',
    image: { kind: 'glob', text: 'ghcr.io/acme/*' },
    until: '2027-01-31',
    reason: 'the second reviewer joins in January',
    at: { file: POLICY_FILE, line: 40 },
  } as const;
  const cellOf = (rule: Rule, column: string, digest: Digest): Cell | undefined => {
    const cell = met(rule, column, digest);
    if (cell === undefined) return undefined;
    if (rule.name === 'SLSA provenance from our release workflow') {
      return {
        ...cell,
        state: 'fail',
        reason: 'no statement of https://slsa.dev/provenance/v1 is signed by whom the rule accepts',
        evidence: [],
        rejected: [
          untrusted(`${column} provenance`, digest),
          unsignedSbom(`${column} sbom`, digest, {
            state: 'wrong-predicate',
            reason: 'it is an SPDX document, not https://slsa.dev/provenance/v1',
          }),
        ],
      };
    }
    if (rule.name === 'SBOM on every platform' && column === 'linux/arm/v7') {
      return { ...cell, state: 'fail', reason: 'there is no artifact of application/spdx+json', evidence: [] };
    }
    if (rule.name === 'two reviewers')
      return { ...cell, state: 'waived', reason: 'waived until 2027-01-31', evidence: [], waiver };
    return cell;
  };
  const notices = [
    {
      code: 'waived',
      message: 'two reviewers on index: waived until 2027-01-31: the second reviewer joins in January',
      at: waiver.at,
    } as const,
  ];
  return sampleImage(requested, RULES, cellOf, { notices });
}

/** A platform could not be looked at. */
export function sampleUnknown(requested = 'ghcr.io/acme/app:1.4'): ImageVerdict {
  const cellOf = (rule: Rule, column: string, digest: Digest): Cell | undefined => {
    const cell = met(rule, column, digest);
    if (cell === undefined || column !== 'linux/arm64' || rule.on === 'index') return cell;
    const reason = 'no evidence was found, and not every source could be read';
    const rejected = [
      {
        item: sampleItem('unread', digest, { content: { kind: 'unread', code: 'server-error', reason: 'HTTP 503' } }),
        state: 'unread',
        reason: 'its manifest could not be read: HTTP 503',
      } as const,
    ];
    return { ...cell, state: 'unknown', reason, evidence: [], rejected, gaps: [sampleGap(digest)] };
  };
  const notices = [
    {
      code: 'source-unread',
      message: 'the referrers API of linux/arm64 could not be read',
    } as const,
  ];
  return sampleImage(requested, RULES, cellOf, { notices });
}

/** A signature is right, and its condition was not decided. */
export function sampleUndecided(requested = 'ghcr.io/acme/app:1.4'): ImageVerdict {
  const reason = 'the condition "predicate.materials.all(m, m.ok)" was not decided: the conditions take too long';
  return sampleImage(requested, RULES, (rule, column, digest) => {
    const cell = met(rule, column, digest);
    if (cell === undefined || column !== 'linux/arm64' || rule.on === 'index') return cell;
    const rejected = [{ ...verified('slow', digest), state: 'undecided', reason } as const];
    const gaps = [sampleGap(digest, { code: 'condition-undecided', reason, hint: 'Narrow the condition.' })];
    return { ...cell, state: 'unknown', reason: 'nothing counts: 1 undecided', evidence: [], rejected, gaps };
  });
}

/** An image of which nothing is known. */
export function sampleBroken(requested = 'ghcr.io/acme/gone:1.0'): VerifiedImage {
  const error = new CodedError('manifest-unknown', `${requested} is not in the registry`, {
    hint: 'Is the tag right?',
  });
  return { requested, error };
}

/** Many images, of which the 7th fails, the 11th is undecided and the 13th is not there. */
export function sampleFleet(count = 200): VerifyResult {
  const name = (i: number): string => `ghcr.io/acme/service-${String(i).padStart(3, '0')}:2026.11`;
  return sampleResult(
    Array.from({ length: count }, (_, i) => {
      if (i === 6) return sampleFail(name(i));
      if (i === 10) return sampleUnknown(name(i));
      return i === 12 ? sampleBroken(name(i)) : samplePass(name(i));
    }),
  );
}

/** Hostile text wherever a registry, a file, a signer or a server may put it. */
export function sampleHostile(text = HOSTILE): VerifyResult {
  const rule = sampleRule(`rule ${text}`, { at: { file: text, line: 3, column: 1 } });
  const signer: Signer = {
    kind: 'certificate',
    identity: text,
    issuer: text,
    extensions: { '12': text },
    fingerprint: digestOf('x'),
  };
  const mismatch = {
    rows: [{ field: 'identity', expected: text, found: text, matches: false }],
    explanation: text,
    paste: text,
  };
  const cellOf = (_: Rule, column: string, digest: Digest): Cell => {
    const item = sampleItem(column, digest, { artifactType: text, origin: text });
    const judgement = {
      item,
      reason: text,
      signer,
      trust: text,
      root: { ...SAMPLE_ROOT, label: text },
      notes: [text],
    };
    return column === 'index'
      ? sampleCell(rule.name, column, digest, { reason: text, evidence: [{ ...judgement, state: 'verified' }] })
      : sampleCell(rule.name, column, digest, {
          state: 'unknown',
          reason: text,
          rejected: [{ ...judgement, state: 'untrusted-identity', mismatch }],
          gaps: [sampleGap(digest, { reason: text, hint: text })],
        });
  };
  const image = sampleImage(`ghcr.io/acme/${text}`, [rule], cellOf, {
    notices: [{ code: 'waived', message: text }],
  });
  const broken = { requested: text, error: new CodedError('manifest-unknown', text, { hint: text }) };
  return sampleResult([image, broken], {
    mode: 'warn',
    used: {
      policy: samplePolicy([rule], { origin: text }),
      digest: digestOf('policy'),
      fingerprint: digestOf('policy'),
      ref: text,
      roots: new Map([[text, [{ ...SAMPLE_ROOT, label: text }]]]),
    },
    warnings: [{ code: 'source-unread', message: text, subject: text }],
  });
}
