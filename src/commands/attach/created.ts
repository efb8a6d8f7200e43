import { CodedError } from '../../errors/coded-error.ts';

// the last second that RFC 3339 can write: its years have four digits
const MAX_SECONDS = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;

/**
 * `org.opencontainers.image.created` from SOURCE_DATE_EPOCH, in RFC 3339; undefined where it is not set or blank, for
 * then the same input is to give the same digest at any time (reproducible-builds.org/specs/source-date-epoch).
 * Throws `input-invalid`.
 */
export function createdFromEnv(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const text = env['SOURCE_DATE_EPOCH']?.trim() ?? '';
  if (text === '') return undefined;
  const seconds = Number(text);
  if (!/^[0-9]{1,15}$/.test(text) || seconds > MAX_SECONDS) {
    throw new CodedError(
      'input-invalid',
      `SOURCE_DATE_EPOCH ${JSON.stringify(text)} is not a whole number of seconds`,
      {
        hint: 'Expected the seconds since 1970-01-01T00:00:00Z, such as 1700000000, or nothing.',
      },
    );
  }
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
