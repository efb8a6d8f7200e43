const MAGIC: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], 'gzip-compressed'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd-compressed'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz-compressed'],
  [[0x42, 0x5a, 0x68], 'bzip2-compressed'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
  [[0x7f, 0x45, 0x4c, 0x46], 'an ELF binary'],
];
const TAR_MAGIC_AT = 257;

/** What a document seems to be that is neither JSON nor XML nor COSE, for the reason why its type is not known. */
export function describeContent(head: Uint8Array): string {
  const magic = MAGIC.find(([bytes]) => bytes.every((byte, at) => head[at] === byte));
  if (magic !== undefined) return `it is ${magic[1]}`;
  if (Buffer.from(head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5)).toString('latin1') === 'ustar')
    return 'it is a tar archive';
  if (head.byteLength === 0) return 'it is empty';
  return head.includes(0) ? 'it is binary data of no known format' : 'it is text of no known format';
}
