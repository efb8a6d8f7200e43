/** One entry of a registry's error body; distribution-spec 1.1 "Error Codes". Untrusted text: renderers escape it. */
export interface OciError {
  /** Upper case, e.g. `MANIFEST_UNKNOWN`; empty where the entry had none. */
  readonly code: string;
  readonly message: string;
  /** The entry's `detail`, any JSON value there, as text; empty where it had none. */
  readonly detail: string;
}

/** More of an error body than this is not looked at: bytes, entries, and UTF-16 units of one text. */
const MAX_BYTES = 64 * 1024;
const MAX_ERRORS = 16;
const MAX_TEXT = 1000;

/**
 * The error list of a response body: `{"errors":[{code, message?, detail?}]}`, and the forms that token servers and
 * gateways send instead (`{error, error_description}`, `{details}`, `{message}`). Anything else is an empty list; never
 * throws, since the status has already said that this is an error.
 */
export function parseErrorBody(bytes: Uint8Array): readonly OciError[] {
  if (bytes.byteLength > MAX_BYTES) return [];
  const body = parseJson(bytes);
  if (!isObject(body)) return [];
  const listed = Array.isArray(body['errors']) ? body['errors'] : [body];
  return listed.slice(0, MAX_ERRORS).flatMap((entry) => readEntry(entry));
}

/** The error list as one line for a message, else the body's first line where it is plain text; undefined: nothing to say. */
export function describeErrorBody(bytes: Uint8Array): string | undefined {
  const errors = parseErrorBody(bytes);
  if (errors.length > 0) return errors.map(formatOciError).join('; ');
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_TEXT)).trim();
  if (text.startsWith('<')) return 'an HTML page';
  if (text === '' || text.startsWith('{') || text.startsWith('[')) return undefined;
  return text.split('\n', 1)[0]?.trim().slice(0, 200);
}

function formatOciError(error: OciError): string {
  const parts = [error.code, error.message].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(': ') : error.detail;
}

function readEntry(outer: unknown): OciError[] {
  if (typeof outer === 'string' && outer !== '') return [{ code: '', message: clip(outer), detail: '' }];
  if (!isObject(outer)) return [];
  const entry = isObject(outer['error']) ? outer['error'] : outer;
  const code = scalarText(entry['code']) || scalarText(entry['error']);
  const message = scalarText(entry['message']) || scalarText(entry['error_description']);
  const detail = anyText(entry['detail'] ?? entry['details']);
  if (code === '' && message === '' && detail === '') return [];
  return [{ code: clip(code).toUpperCase(), message: clip(message), detail: clip(detail) }];
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // text, HTML, or cut short: no list to be had, and the status stands
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function anyText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return scalarText(value) || jsonText(value);
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return ''; // nested deeper than JSON.stringify can go: nothing that a person would read
  }
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
