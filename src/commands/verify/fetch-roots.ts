import type { FetchRoots } from './load-trusts.ts';

/** Roots by TUF, each instance's once. What does it is loaded when it is first needed. */
export function createRootFetcher(now: () => Date): FetchRoots {
  const fetched = new Map<string, ReturnType<FetchRoots>>();
  return (which) => {
    const known =
      fetched.get(which) ??
      import('../../tuf/fetch-trusted-roots.ts').then(({ fetchTrustedRoots }) => fetchTrustedRoots(which, { now }));
    fetched.set(which, known);
    return known;
  };
}
