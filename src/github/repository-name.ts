import { CodedError } from '../errors/coded-error.ts';

const PART = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** `owner/name`. Throws `input-invalid`. */
export function parseRepositoryName(text: string): RepositoryName {
  const [owner = '', repo = '', ...rest] = text.split('/');
  if (PART.test(owner) && PART.test(repo) && rest.length === 0) return { owner, repo };
  throw new CodedError('input-invalid', `${JSON.stringify(text)} is not a repository of GitHub, owner/name`);
}
