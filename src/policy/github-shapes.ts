interface Shape {
  readonly fits: (text: string) => boolean;
  readonly expected: string;
}

const REPOSITORY: Shape = {
  fits: (text) => text.includes('**') || /^[^/\s:]+\/[^/\s:]+$/.test(text),
  expected: 'owner/name, without a host',
};

/** What the claims of a workflow look like; `*` may stand for any part, `**` for all of it. */
const SHAPES = {
  repository: REPOSITORY,
  'signer-repository': REPOSITORY,
  ref: {
    fits: (text) => text.startsWith('refs/') || /^[*?]/.test(text),
    expected: 'a whole ref such as refs/heads/main or refs/tags/v*',
  },
  workflow: {
    fits: (text) => !text.includes('@') && (text.includes('**') || /^[^/]+\/[^/]+\/[^/]+$/.test(text)),
    expected: 'the path of a workflow file, such as .github/workflows/release.yml',
  },
  'signer-workflow': {
    fits: (text) => !text.includes('@') && (text.includes('**') || /^[^/:]+\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/.test(text)),
    expected: 'owner/name/.github/workflows/file.yml, without a host and without @ref',
  },
  trigger: { fits: (text) => /^[a-z_*?]+$/.test(text), expected: 'an event such as push or release' },
} as const satisfies Record<string, Shape>;

export type GithubClaimName = keyof typeof SHAPES;

/** What a commit looks like that has to be the one certified, SHA-1 or SHA-256: a part of it would be no pin. */
export const COMMIT: Shape = {
  fits: (text) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text),
  expected: 'a whole commit, 40 (or 64) hexadecimal digits in lower case',
};

/** What a claim should look like, if no workflow has one like this pattern: it would never match. */
export function expectedShape(name: GithubClaimName, text: string): string | undefined {
  const shape = SHAPES[name];
  return shape.fits(text) ? undefined : shape.expected;
}
