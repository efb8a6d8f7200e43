import { FewAtATime } from '../../../net/few-at-a-time.ts';
import type { Digest } from '../../../oci/digest.ts';
import type { CommandContext } from '../../context.ts';
import { createdFromEnv } from '../created.ts';
import type { AttachOptions } from '../options.ts';
import type { PlannedArtifact } from '../plan-artifacts.ts';
import type { AttachedRow } from '../result.ts';
import { attachBeside } from './attach-beside.ts';
import { attachByDigest } from './attach-by-digest.ts';
import { bundleArtifact } from './bundle-artifact.ts';
import { findSigned } from './find-signed.ts';
import type { Signature, SignedRequest } from './signed-request.ts';
import {
  isSignedAlready,
  readArtifactSignable,
  requireStatementSize,
  type UnsignedStatement,
} from './signed-statement.ts';
import { prepareParty, type SigningParty } from './signing-party.ts';

/** At a time: the public instance counts requests. */
const PARALLEL = 4;

/** What a run of attach signs. One identity, or one key, for all of it. */
export class Signing {
  /** Each bundle that was made, as its JSON. */
  readonly bundles: Uint8Array[] = [];
  readonly options: AttachOptions;
  readonly #context: CommandContext;
  readonly #party: () => Promise<SigningParty>;
  readonly #few = new FewAtATime(PARALLEL);

  private constructor(options: AttachOptions, context: CommandContext, party: () => Promise<SigningParty>) {
    this.options = options;
    this.#context = context;
    this.#party = party;
  }

  /** Checks what can be known before any request, that there is a way to a token above all. */
  static async open(options: AttachOptions, context: CommandContext): Promise<Signing> {
    return new Signing(options, context, await prepareParty(options, context));
  }

  /** Throws where an artifact cannot be signed as the inputs ask. */
  async check(planned: PlannedArtifact): Promise<void> {
    if (this.options.signByDigest || isSignedAlready(planned)) return;
    requireStatementSize(await readArtifactSignable(planned, this.options.predicateType), planned);
  }

  /** Attaches files and signatures. Whatever is signed is signed before anything is attached. */
  attach(request: SignedRequest, repository: string): Promise<AttachedRow[]> {
    return this.options.signByDigest
      ? attachByDigest(request, repository, this)
      : attachBeside(request, repository, this);
  }

  /** The signature that is there already, or one that is made now; in a dry run the word that one would be. */
  async signatureOf(statement: UnsignedStatement, request: SignedRequest): Promise<Signature> {
    const { signal, now, onStep } = this.#context;
    const party = await this.#party();
    if (request.ifExists !== 'add') {
      const before = await findSigned(statement, party, {
        store: request.store,
        distributionSpec: request.distributionSpec,
        capabilities: request.capabilities,
        signal,
        now: now(),
        warn: request.onWarning,
        onStep,
      });
      if (before !== undefined) return { state: 'there', statement, before };
    }
    if (request.dryRun) return { state: 'planned', statement };
    const bundle = await this.#few.run(() => this.#sign(statement, party));
    const created =
      createdFromEnv(this.#context.env) ??
      now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
    return { state: 'made', statement, artifact: bundleArtifact(bundle, statement.predicateType, created) };
  }

  async #sign({ payload, predicateType, what, subject }: UnsignedStatement, party: SigningParty): Promise<Uint8Array> {
    const { signal, onStep } = this.#context;
    const { signer, services, shown } = party;
    const { timeout, retries } = this.options;
    const { signEnvelope } = await import('../../../sign/sign-envelope.ts');
    const bundle = await signEnvelope({ payload, signer, services, timeoutMs: timeout * 1000, retries, signal });
    this.bundles.push(bundle);
    onStep?.(`signed ${what} as ${predicateType} over ${shorten(subject)} by ${shown}`);
    return bundle;
  }
}

function shorten(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}
