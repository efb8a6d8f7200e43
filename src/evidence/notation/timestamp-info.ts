import type { ASN1Obj } from '@sigstore/core';
import { at, hashOfAlgorithm } from './certificate-fields.ts';
import { NotationFault } from './notation-fault.ts';
import { parseRfc3339 } from './rfc3339.ts';

/** What an authority says in a token: when it saw which bytes. */
export interface TimestampInfo {
  readonly imprint: { readonly hash: string; readonly digest: Buffer };
  readonly time: Date;
  /** The time is right to this many milliseconds. */
  readonly accuracy: number;
}

/** ETSI's baseline policy (RFC 3628 §5.2) promises a second where a token says nothing. */
const BASELINE_POLICY = '0.4.0.2023.1.1';
const GENERALIZED_TIME = /^(\d{14})(?:\.(\d{1,9}))?Z$/;

/**
 * TSTInfo, RFC 3161 §2.4.2. The time is read here: the library's reader knows fractions of three digits only, and cuts
 * them off. Throws a fault.
 */
export function readTimestampInfo(info: ASN1Obj): TimestampInfo {
  const imprint = at(info, 2);
  const hash = hashOfAlgorithm(at(imprint, 0));
  if (hash === undefined) throw new NotationFault('the timestamp is of a digest that is none of SHA-2');
  refuseCriticalExtension(info);
  const accuracy = info.subs[5]?.tag.number === 0x10 && info.subs[5].tag.isUniversal() ? info.subs[5] : undefined;
  return {
    imprint: { hash, digest: at(imprint, 1).value },
    time: readTime(at(info, 4)),
    accuracy: accuracy === undefined ? defaultAccuracy(at(info, 1).toOID()) : readAccuracy(accuracy),
  };
}

function readTime(value: ASN1Obj): Date {
  const text = value.tag.isGeneralizedTime() ? value.value.toString('latin1') : '';
  const fraction = GENERALIZED_TIME.exec(text)?.[2] ?? '';
  const seconds = parseRfc3339(text.replace(GENERALIZED_TIME, (_, digits: string) => withSeparators(digits)));
  if (seconds === undefined) throw new NotationFault('the time of the timestamp cannot be read');
  return new Date(seconds.getTime() + Number(fraction.padEnd(3, '0').slice(0, 3)));
}

/** `20260601120000` -> `2026-06-01T12:00:00Z`. */
function withSeparators(digits: string): string {
  return digits.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z');
}

function defaultAccuracy(policy: string): number {
  return policy === BASELINE_POLICY ? 1000 : 0;
}

/** Accuracy: seconds, [0] milliseconds, [1] microseconds, all optional. */
function readAccuracy({ subs }: ASN1Obj): number {
  const numberOf = (part: ASN1Obj | undefined): number =>
    part === undefined || part.value.length > 6 ? 0 : Number.parseInt(part.value.toString('hex') || '0', 16);
  const seconds = numberOf(subs.find(({ tag }) => tag.isInteger()));
  const millis = numberOf(subs.find(({ tag }) => tag.isContextSpecific(0)));
  const micros = numberOf(subs.find(({ tag }) => tag.isContextSpecific(1)));
  return seconds * 1000 + millis + Math.ceil(micros / 1000);
}

/** No extension is known here, so one that must be understood is not. */
function refuseCriticalExtension(info: ASN1Obj): void {
  const extensions = info.subs.slice(5).find(({ tag }) => tag.isContextSpecific(1))?.subs ?? [];
  const critical = extensions.find((extension) => extension.subs.some(({ tag }) => tag.isBoolean()));
  if (critical === undefined) return;
  throw new NotationFault(`the timestamp has the critical extension ${at(critical, 0).toOID()}`, 'unsupported');
}
