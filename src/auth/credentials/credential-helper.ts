import { type ChildProcess, type ExecFileException, execFile } from 'node:child_process';
import { CodedError } from '../../errors/coded-error.ts';
import type { Credential } from '../types.ts';
import { findHelperProgram } from './helper-program.ts';

export interface HelperRequest {
  /** `ecr-login` stands for the program `docker-credential-ecr-login`, looked up on the PATH of `env`. */
  readonly helper: string;
  /** The server to ask for, as docker names it. */
  readonly server: string;
  /** The file that names the helper, for messages. */
  readonly origin: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, default 30 000. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024;
const NO_PROGRAM = 'there is no such program on the PATH, of which only absolute folders count';

/** What the helpers of docker-credential-helpers print when they hold nothing; other helpers repeat it. */
const NOT_FOUND_TEXTS = [
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
];

/**
 * Asks a docker credential helper: `get`, the server on stdin, `{ServerURL, Username, Secret}` on stdout. undefined: the
 * helper says that it has none. Throws `credential-helper-failed` for a helper that is missing, fails, hangs or prints
 * something else, and `docker-config-invalid` for a name that is no helper's. No shell is involved, but
 * cmd.exe for a helper that is its script (Windows), with nothing on the line but its path and the verb.
 */
export async function askCredentialHelper(request: HelperRequest): Promise<Credential | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(request.helper)) {
    throw new CodedError(
      'docker-config-invalid',
      `${request.origin}: ${JSON.stringify(request.helper)} is not the name of a credential helper`,
      { hint: 'Expected letters, digits, dots, dashes and underscores, e.g. "ecr-login".' },
    );
  }
  const { error, stdout, stderr } = await runHelper(request);
  if (error !== null) {
    if (NOT_FOUND_TEXTS.some((text) => stdout.trim().startsWith(text))) return undefined;
    throw failed(request, describeFailure(error, stdout, stderr, request), error);
  }
  return readAnswer(stdout, request);
}

interface HelperRun {
  readonly error: ExecFileException | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runHelper(request: HelperRequest): Promise<HelperRun> {
  const program = await findHelperProgram(programOf(request), 'get', { env: request.env });
  if (program === undefined) throw failed(request, NO_PROGRAM);
  return await new Promise((resolve) => {
    const child: ChildProcess = execFile(
      program.file,
      program.args,
      {
        windowsVerbatimArguments: program.verbatim,
        cwd: program.cwd,
        env: { ...program.env },
        timeout: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        killSignal: 'SIGKILL',
        maxBuffer: MAX_OUTPUT_BYTES,
        encoding: 'utf8',
        windowsHide: true,
      },
      (error, stdout, stderr) => resolve({ error, stdout, stderr }),
    );
    // a helper may end without reading its stdin (EPIPE); its exit code and output are what counts
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(request.server);
  });
}

function readAnswer(stdout: string, request: HelperRequest): Credential | undefined {
  const { Username: username, Secret: secret } = parseAnswer(stdout, request);
  if (typeof username !== 'string' || typeof secret !== 'string') {
    throw failed(request, 'its answer has no `Username` and `Secret` texts');
  }
  const origin = `${programOf(request)} (${request.origin})`;
  if (secret === '') return undefined;
  if (username === '<token>') return { kind: 'identity-token', token: secret, origin };
  return { kind: 'basic', username, password: secret, origin };
}

function parseAnswer(
  stdout: string,
  request: HelperRequest,
): { readonly Username?: unknown; readonly Secret?: unknown } {
  try {
    const answer: unknown = JSON.parse(stdout);
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch {
    // said below; the engine's message would quote the output, which may hold the secret
  }
  throw failed(request, 'its answer is not a JSON object');
}

function describeFailure(error: ExecFileException, stdout: string, stderr: string, request: HelperRequest): string {
  if (error.code === 'ENOENT') return 'it could not be started: what its first line names may not be there';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it printed more than ${MAX_OUTPUT_BYTES} bytes`;
  if (error.killed === true) return `it gave no answer in ${request.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms`;
  const said = [stdout, stderr].map(quotableLine).find((line) => line !== '');
  const how = typeof error.code === 'number' ? `exit code ${error.code}` : String(error.code ?? error.signal);
  return said === undefined ? how : `${how}: ${said}`;
}

/** Where an answer begins, or a line of git's helpers (`password=…`): what follows may be the secret. */
const ANSWER_AHEAD = /\{|"(?:secret|password|token)"\s*:|\b(?:secret|password|token)\s*=/i;

/** What a helper says first of why it failed, up to what may be an answer. */
function quotableLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return (line.split(ANSWER_AHEAD, 1)[0] ?? '').slice(0, 200).replace(/[\s"'[]+$/, '');
}

function programOf(request: HelperRequest): string {
  return `docker-credential-${request.helper}`;
}

function failed(request: HelperRequest, why: string, cause?: ExecFileException): CodedError {
  const message = `${programOf(request)}, named by ${request.origin}, gave no credential for ${request.server}: ${why}`;
  return new CodedError('credential-helper-failed', message, {
    // the exception repeats the output in its message: only its code is safe to keep
    ...(cause !== undefined && { cause: { code: cause.code, signal: cause.signal } }),
    hint: 'Install or repair the helper, take it out of that file, or give the inputs registry-username and registry-password.',
  });
}
