import { SIGNED_FORMATS, type SignedFormat, type VerifiedTime } from '../../evidence/signed-evidence.ts';
import type { Signer } from '../../evidence/signer.ts';
import { LET_GO, type Statement } from '../../evidence/statement.ts';
import type { RootInfo } from '../../evidence/trust.ts';
import { EVIDENCE_SOURCES, type EvidenceContent } from '../../policy/evidence-item.ts';
import { CANDIDATE_STATES, type CandidateJudgement, type IdentityMismatch } from '../../policy/verdict.ts';
import type { JsonReader } from './json-reader.ts';

const KEYS = [
  'state',
  'reason',
  'subject',
  'referrer',
  'document',
  'sources',
  'origin',
  'artifactType',
  'format',
] as const;
const MORE_KEYS = ['predicateType', 'signer', 'trust', 'root', 'times', 'notes', 'mismatch', 'voucher'] as const;
const ROOT_SOURCES = ['embedded', 'file', 'inline', 'tuf', 'trust-store'] as const;
const TIME_SOURCES = ['transparency-log', 'timestamp-authority', 'signing-authority'] as const;
const SCHEMES = ['notary.x509', 'notary.x509.signingAuthority'] as const;

/** A candidate of a report -> the judgement on it, without its bytes. Throws `report-invalid`. */
export function readJudgement(one: JsonReader): CandidateJudgement {
  const members = one.object(...KEYS, ...MORE_KEYS);
  const format = members.format.optional((text) => text.word(SIGNED_FORMATS));
  const predicateType = members.predicateType.optional((text) => text.text());
  return {
    item: {
      subject: members.subject.digest(),
      referrer: members.referrer.optional((digest) => digest.digest()),
      document: members.document.optional((digest) => digest.digest()),
      sources: members.sources.list((source) => source.word(EVIDENCE_SOURCES)),
      origin: members.origin.optional((text) => text.text()),
      artifactType: members.artifactType.text(),
      annotations: {},
      content: contentOf(format, predicateType),
    },
    state: members.state.word(CANDIDATE_STATES),
    reason: members.reason.text(),
    signer: members.signer.optional(readSigner),
    trust: members.trust.optional((text) => text.text()),
    root: members.root.optional((root) => readRoot(root.object('label', 'source', 'digest', 'date'))),
    times: members.times.list(readTime),
    notes: members.notes.list((note) => note.text()),
    mismatch: members.mismatch.optional(readMismatch),
    voucher: members.voucher.optional(readJudgement),
  };
}

/** What a report keeps of a document: its format and the predicate type that it claims. */
function contentOf(format: SignedFormat | undefined, predicateType: string | undefined): EvidenceContent {
  const statement: Statement | undefined =
    predicateType === undefined
      ? undefined
      : { type: 'https://in-toto.io/Statement/v1', predicateType, subjects: [], predicate: LET_GO };
  if (format === undefined) return { kind: 'unsigned', contentType: undefined, statement };
  const claim =
    statement === undefined
      ? ({ kind: 'message', digest: undefined } as const)
      : ({ kind: 'statement', statement } as const);
  return { kind: 'signed', format, claim, envelope: '', outcomes: new Map() };
}

function readSigner(one: JsonReader): Signer {
  const members = one.object('kind', 'fingerprint', 'identity', 'issuer', 'extensions', 'scheme');
  const kind = members.kind.word(['certificate', 'key', 'notation']);
  const fingerprint = members.fingerprint.digest();
  if (kind === 'key') return { kind, fingerprint };
  if (kind === 'notation') {
    return {
      kind,
      fingerprint,
      identity: members.identity.text(),
      attributes: [],
      scheme: members.scheme.word(SCHEMES),
    };
  }
  return {
    kind,
    fingerprint,
    identity: members.identity.optional((text) => text.text()),
    issuer: members.issuer.optional((text) => text.text()),
    extensions: members.extensions.texts(),
  };
}

export function readRoot(members: Readonly<Record<'label' | 'source' | 'digest' | 'date', JsonReader>>): RootInfo {
  const { label, source, digest, date } = members;
  return { label: label.text(), source: source.word(ROOT_SOURCES), digest: digest.digest(), date: date.time() };
}

function readTime(one: JsonReader): VerifiedTime {
  const { time, source } = one.object('time', 'source');
  return { time: time.time(), source: source.word(TIME_SOURCES) };
}

function readMismatch(one: JsonReader): IdentityMismatch {
  const { rows, explanation, paste } = one.object('rows', 'explanation', 'paste');
  return {
    rows: rows.list((row) => {
      const { field, expected, found, matches } = row.object('field', 'expected', 'found', 'matches');
      return { field: field.text(), expected: expected.text(), found: found.text(), matches: matches.flag() };
    }),
    explanation: explanation.optional((text) => text.text()),
    paste: paste.text(),
  };
}
