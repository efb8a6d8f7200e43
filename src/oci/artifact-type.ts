import { CodedError } from '../errors/coded-error.ts';

// RFC 6838 §4.2: restricted-name = restricted-name-first *126restricted-name-chars
const NAME = '[A-Za-z0-9][A-Za-z0-9!#$&\\-^_.+]{0,126}';
const TYPE = new RegExp(`^${NAME}/${NAME}$`);

/** Whether `text` is a media type as RFC 6838 §4.2 says, without parameters. */
export function isMediaType(text: string): boolean {
  return TYPE.test(text);
}

/**
 * Text -> artifact type. Throws `artifact-type-invalid`. Parameters are refused: `;version=0.1` made ECR reject
 * manifests, and image-spec 1.1 asks for RFC 6838 §4.2 names.
 */
export function parseArtifactType(text: string): string {
  if (isMediaType(text)) return text;
  const why = text.includes(';')
    ? 'it has parameters, which registries refuse'
    : text.includes('/')
      ? 'it is not type/subtype as RFC 6838 §4.2 says'
      : 'it has no slash';
  throw new CodedError('artifact-type-invalid', `artifact type ${JSON.stringify(text)}: ${why}`, {
    hint: 'Expected a media type such as application/spdx+json or application/vnd.acme.report.v1+json.',
  });
}

/** Text -> media type of a layer. Throws `media-type-invalid`. */
export function parseMediaType(text: string): string {
  if (isMediaType(text)) return text;
  throw new CodedError(
    'media-type-invalid',
    `media type ${JSON.stringify(text)} is not type/subtype as RFC 6838 §4.2 says`,
    {
      hint: 'Expected a media type without parameters, such as application/json.',
    },
  );
}
