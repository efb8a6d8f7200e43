import type { CertificateSigner } from '../evidence/signer.ts';

/** Who issues the tokens of GitHub's hosted runners. */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/**
 * What Fulcio certifies of a GitHub workflow (fulcio docs/oid-info.md; GitHub's OIDC claims). undefined: the
 * certificate does not say it, or says it in a form that cannot be read.
 */
export interface GithubClaims {
  /** `owner/name`, OID .12 without the server. */
  readonly repository: string | undefined;
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
  /** OID .14. */
  readonly ref: string | undefined;
  /** OID .13. */
  readonly commit: string | undefined;
  /** Path of the caller's workflow file in `repository`, of OID .18. */
  readonly workflow: string | undefined;
  /** `owner/name/path@ref` of the caller's workflow, wherever it is. */
  readonly caller: string | undefined;
  /** `owner/name/path` of the workflow that signed: SAN, which OID .9 must repeat. */
  readonly signerWorkflow: string | undefined;
  readonly signerRepository: string | undefined;
  readonly signerRef: string | undefined;
  /** OID .10. */
  readonly signerCommit: string | undefined;
  readonly runner: string | undefined;
  readonly trigger: string | undefined;
}

/** The claims of a certificate whose issuer is a GitHub; undefined for any other issuer. */
export function readGithubClaims(signer: CertificateSigner): GithubClaims | undefined {
  const server = serverOf(signer.issuer);
  if (server === undefined) return undefined;
  const extension = (arc: string): string | undefined =>
    Object.hasOwn(signer.extensions, arc) ? signer.extensions[arc] : undefined;
  const repository = repositoryOf(below(server, extension('12')));
  const caller = below(server, extension('18'));
  const callerFile = splitWorkflow(caller);
  const builder = extension('9');
  const signing = builder === undefined || builder === signer.identity ? below(server, signer.identity) : undefined;
  const signingFile = splitWorkflow(signing);
  return {
    repository,
    repositoryId: extension('15'),
    ownerId: extension('17'),
    ref: extension('14'),
    commit: extension('13'),
    workflow: callerFile !== undefined && callerFile.repository === repository ? callerFile.path : undefined,
    caller: callerFile === undefined ? undefined : caller,
    signerWorkflow: signingFile === undefined ? undefined : `${signingFile.repository}/${signingFile.path}`,
    signerRepository: signingFile?.repository,
    signerRef: signingFile?.ref,
    signerCommit: extension('10'),
    runner: extension('11'),
    trigger: extension('20'),
  };
}

/**
 * The web address of the GitHub that issues: github.com, also under an enterprise's own issuer
 * (`https://token.actions.githubusercontent.com/<enterprise>`), a tenant of ghe.com, or a server of one's own
 * (`https://<host>/_services/token`). Whether that issuer is trusted is compared apart from this.
 */
function serverOf(issuer: string | undefined): string | undefined {
  if (issuer === undefined) return undefined;
  if (issuer === GITHUB_ISSUER || issuer.startsWith(`${GITHUB_ISSUER}/`)) return 'https://github.com/';
  const tenant = /^https:\/\/token\.actions\.([a-z0-9-]+)\.ghe\.com$/.exec(issuer)?.[1];
  if (tenant !== undefined) return `https://${tenant}.ghe.com/`;
  const host = /^https:\/\/([a-z0-9.-]+(?::[0-9]+)?)\/_services\/token$/.exec(issuer)?.[1];
  return host === undefined ? undefined : `https://${host}/`;
}

function below(server: string, uri: string | undefined): string | undefined {
  return uri?.startsWith(server) === true ? uri.slice(server.length) : undefined;
}

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9._-]+$/;

function repositoryOf(path: string | undefined): string | undefined {
  return path !== undefined && REPOSITORY.test(path) ? path : undefined;
}

interface WorkflowFile {
  readonly repository: string;
  readonly path: string;
  readonly ref: string;
}

const FOLDER = '.github/workflows/';

/**
 * `owner/name/.github/workflows/file@ref` into its parts. A file name and a ref may both have `@` in them, but the name
 * has no `/`, so the `@` that ends it is the last one before `refs/`; or the last of all before a commit.
 */
function splitWorkflow(text: string | undefined): WorkflowFile | undefined {
  const [owner, name, ...rest] = text?.split('/') ?? [];
  const repository = repositoryOf(`${owner}/${name}`);
  const tail = rest.join('/');
  if (repository === undefined || !tail.startsWith(FOLDER)) return undefined;
  const parts = /^([^/]+)@(refs\/.+|[0-9a-f]{40}|[0-9a-f]{64})$/s.exec(tail.slice(FOLDER.length));
  const [, file, ref] = parts ?? [];
  return file === undefined || ref === undefined ? undefined : { repository, path: `${FOLDER}${file}`, ref };
}
