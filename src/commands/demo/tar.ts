const BLOCK = 512;

/** A tar archive (POSIX ustar) of one executable file, the same bytes each time: owner 0, time 0. Names are short ASCII. */
export function tarOf(name: string, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const put = (at: number, text: string): unknown => header.write(text, at, 'latin1');
  put(0, name);
  put(100, '0000755\0'); // mode
  put(108, '0000000\0'); // uid
  put(116, '0000000\0'); // gid
  put(124, `${content.byteLength.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0'); // mtime
  put(148, '        '); // the checksum counts itself as blanks
  put(156, '0'); // a regular file
  put(257, 'ustar\x0000');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  put(148, `${checksum.toString(8).padStart(6, '0')}\0 `);
  const padding = Buffer.alloc((BLOCK - (content.byteLength % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
}
