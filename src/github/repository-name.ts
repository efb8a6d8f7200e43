import { CodedError } from '../errors/coded-error.ts';

const PART = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** `owner/name`; `label` is the input that it came from, for messages. Throws `input-invalid`. */
export function parseRepositoryName(text: string, label?: string): RepositoryName {
  const [owner = '', repo = '', ...rest] = text.split('/');
  if (PART.test(owner) && PART.test(repo) && rest.length === 0) return { owner, repo };
  const what = label === undefined ? '' : `${label}: `;
  throw new CodedError('input-invalid', `${what}${JSON.stringify(text)} is not a repository of GitHub`, {
    hint: 'Expected owner/name, for example acme/app.',
  });
}
