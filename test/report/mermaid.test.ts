import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderMermaid } from '../../src/report/mermaid.ts';
import { renderMermaidAttach } from '../../src/report/mermaid-attach.ts';
import { renderMermaidTree } from '../../src/report/mermaid-tree.ts';
import { sampleAttachRow } from '../support/sample-attach.ts';
import { sampleTree } from '../support/sample-tree.ts';

const STATEMENT = /^ {2}(?:n\d+(?:\(\["[^"]*"\]\)|\["[^"]*"\]):::\w+|n\d+ (?:===|-\.-) n\d+|classDef \w+ [\w:#,. -]+)$/;

function statements(graph: string | undefined): string[] {
  const lines = (graph ?? '').split('\n');
  assert.deepEqual(lines.slice(0, 2), ['```mermaid', 'graph LR']);
  assert.equal(lines.at(-1), '```');
  return lines.slice(2, -1);
}

describe('renderMermaidTree', () => {
  it('hangs platforms on by solid lines and referrers by dotted ones', () => {
    const tree = sampleTree([{ type: 'a/b', titles: ['x.json'] }], {
      'linux/amd64': [{ type: 'c/d', below: [{ type: 'e/f' }] }],
      'linux/arm64': 'missing',
    });
    const lines = statements(renderMermaidTree(tree));
    const edges = lines.filter((line) => / (?:===|-\.-) /.test(line)).map((line) => line.trim());
    assert.deepEqual(edges, ['n0 -.- n1', 'n3 -.- n4', 'n2 -.- n3', 'n0 === n2', 'n0 === n5']);
    assert.ok(lines.includes('  n1["a/b<br/>x.json"]:::referrer'));
    assert.ok(lines.includes('  n5(["linux/arm64<br/>not in the registry"]):::missing'));
  });

  it('draws nothing where nothing refers to anything', () => {
    assert.equal(renderMermaidTree(sampleTree([])), undefined);
  });

  it('draws forty nodes and leaves out a larger graph', () => {
    const rows = (count: number): { type: string; annotations: { n: string } }[] =>
      Array.from({ length: count }, (_, i) => ({ type: 'a/b', annotations: { n: String(i) } }));
    assert.ok(renderMermaidTree(sampleTree(rows(39))) !== undefined);
    assert.equal(renderMermaidTree(sampleTree(rows(40))), undefined);
  });

  for (const text of [
    'a"]; click n0 "javascript:alert(1)',
    'x\n```\n# y',
    '%%{init:{}}%%',
    '<script>x</script>',
    'end',
    'n0 --> n1',
    '"`md`"',
  ]) {
    it(`lets ${JSON.stringify(text)} be a label and no statement`, () => {
      const tree = sampleTree([{ type: text, titles: [text] }], {}, { requested: text });
      for (const line of statements(renderMermaidTree(tree))) assert.match(line, STATEMENT);
    });
  }
});

describe('renderMermaid', () => {
  it('counts a wide tree no further than the limit', () => {
    const leaf = { texts: ['x'], kind: 'referrer', children: [] } as const;
    let read = 0;
    const children = new Proxy([] as (typeof leaf)[], {
      get: (list, key) => {
        if (key === Symbol.iterator)
          return function* () {
            for (;;) {
              read++;
              yield leaf;
            }
          };
        return Reflect.get(list, key);
      },
    });
    assert.equal(renderMermaid({ texts: ['root'], kind: 'subject', children }, 10), undefined);
    assert.ok(read <= 12, `${read} nodes were read`);
  });
});

describe('renderMermaidAttach', () => {
  it('draws a graph a repository, artifacts below their platform', () => {
    const rows = [
      sampleAttachRow({ platform: undefined, status: 'attached' }),
      sampleAttachRow({ platform: 'linux/amd64', status: 'failed' }),
      sampleAttachRow({ platform: 'linux/amd64', status: 'planned' }),
      sampleAttachRow({ repository: 'docker.io/acme/app' }),
    ];
    const graphs = renderMermaidAttach({ rows, subjectDigests: [], warnings: [], dryRun: false });
    assert.equal(graphs.length, 2);
    const lines = statements(graphs[0]);
    assert.ok(lines.some((line) => /^ {2}n2\(\["linux\/amd64<br\/>sha256#58;.*:::subject$/.test(line)));
    assert.deepEqual(
      lines.filter((line) => /:::(?:referrer|failed|way)$/.test(line)).map((line) => /:::(\w+)/.exec(line)?.[1]),
      ['referrer', 'failed', 'way'],
    );
    for (const line of lines) assert.match(line, STATEMENT);
  });
});
