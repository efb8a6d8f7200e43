import assert from 'node:assert/strict';

/** Puts each text between `<!-- generated:NAME -->` and `<!-- /generated:NAME -->`; both must be there, once. */
export function replaceSections(document: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, content]) => {
    const [start, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
    const parts = text.split(start);
    assert.equal(parts.length, 2, `expected the marker ${start} once, found it ${parts.length - 1} times`);
    const [before = '', after = ''] = parts;
    const at = after.indexOf(end);
    assert.ok(at >= 0, `no ${end} after ${start}`);
    return `${before}${start}\n${content}\n${after.slice(at)}`;
  }, document);
}
