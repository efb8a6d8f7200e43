import { generateKeyPairSync } from 'node:crypto';
import type { SigstoreProfile } from '../../../src/evidence/trust.ts';
import { createAuthority, type KeyPair } from './certificate-authority.ts';
import { Fulcio } from './fulcio.ts';
import { type LocalService, type ServiceAnswer, startService } from './local-service.ts';
import { TimestampAuthority } from './timestamp-authority.ts';
import { type LogVersion, TransparencyLog } from './transparency-log.ts';
import { buildTrustedRoot } from './trusted-root.ts';

/** A Sigstore of its own on loopback: nothing that it signs verifies under another's root. */
export interface SigstoreWorld extends AsyncDisposable {
  readonly services: {
    readonly fulcio: LocalService;
    readonly tsa: LocalService;
    /** Undefined in a world without logs. */
    readonly rekor?: LocalService;
    readonly rekorV2?: LocalService;
  };
  /** For makers: the same services without HTTP, at any time. */
  readonly fulcio: Fulcio;
  readonly tsa: TimestampAuthority;
  readonly logs: Readonly<Partial<Record<LogVersion, TransparencyLog>>>;
  /** trusted_root.json as a value. */
  readonly trustedRoot: Readonly<Record<string, unknown>>;
  readonly trustedRootJson: string;
  /** The thresholds that evidence of this world can meet. */
  readonly profile: SigstoreProfile;
  close(): Promise<void>;
}

export interface WorldOptions {
  /**
   * `public-good` (default): certificates with an SCT, Rekor v1 and v2, a TSA. `github`: as GitHub's own for private
   * repositories, a CA without a certificate log and a TSA, no Rekor.
   */
  readonly kind?: 'public-good' | 'github';
}

export async function startSigstoreWorld({ kind = 'public-good' }: WorldOptions = {}): Promise<SigstoreWorld> {
  const logged = kind === 'public-good';
  const organization = logged ? 'sigstore.test' : 'GitHub Test, Inc.';
  const certificateLogKeys = logged ? makeKeys() : undefined;
  const [caAuthority, tsaAuthority] = await Promise.all([
    createAuthority(`O=${quoted(organization)}, CN=Fulcio`, makeKeys()),
    createAuthority(`O=${quoted(organization)}, CN=TSA`, makeKeys()),
  ]);
  const fulcio = new Fulcio(caAuthority, certificateLogKeys);
  const tsa = await TimestampAuthority.create(tsaAuthority);
  const [fulcioService, tsaService, rekor, rekorV2] = await Promise.all([
    startService('/api/v2/signingCert', (body, { headers }) => fulcio.answerRequest(body, headers)),
    startService('/api/v1/timestamp', (body, { headers }, bytes) =>
      tsa.answerRequest(body, headers['content-type'], bytes),
    ),
    logged ? startLog('v1') : undefined,
    logged ? startLog('v2') : undefined,
  ]);
  const logs = [rekor, rekorV2].flatMap((one) => (one === undefined ? [] : [one.log]));
  const trustedRoot = buildTrustedRoot({
    fulcio: { url: fulcioService.url, root: caAuthority.root },
    tsa: { url: tsaService.url, chain: tsa.chain },
    logs,
    certificateLogs:
      certificateLogKeys === undefined
        ? []
        : [{ url: `${fulcioService.url}/ct`, publicKey: certificateLogKeys.publicKey }],
  });
  const services = {
    fulcio: fulcioService,
    tsa: tsaService,
    ...(rekor && { rekor: rekor.service }),
    ...(rekorV2 && { rekorV2: rekorV2.service }),
  };
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(services).map((service) => service.close()));
  };
  return {
    services,
    fulcio,
    tsa,
    logs: { ...(rekor && { v1: rekor.log }), ...(rekorV2 && { v2: rekorV2.log }) },
    trustedRoot,
    trustedRootJson: JSON.stringify(trustedRoot),
    profile: { transparencyLogs: logged ? 1 : 0, certificateLogs: logged ? 1 : 0, timestamps: 1 },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startLog(version: LogVersion): Promise<{ service: LocalService; log: TransparencyLog }> {
  // the log's name, which its check points bear, is the address that it listens at
  let log: TransparencyLog | undefined;
  const answer = async (body: string): Promise<ServiceAnswer> =>
    (await log?.answer(body)) ?? { statusCode: 503, response: 'not yet' };
  const service = await startService(`/api/${version}/log/entries`, answer);
  log = new TransparencyLog(version, service.url, makeKeys());
  return { service, log };
}

function makeKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** RFC 4514: a comma in a name is escaped. */
function quoted(name: string): string {
  return name.replaceAll(',', '\\,');
}
