import assert from 'node:assert/strict';
import { type Answer, send } from '../../../embedded/registry-client.ts';
import { Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

const TAGS = ['a', 'Z', '1', '_x', 'b', 'a-1', 'a.1'];
/** By their bytes, as Go's sort.Strings has it, which the section names; the other order it allows ignores case. */
const ASCII = ['1', 'Z', '_x', 'a', 'a-1', 'a.1', 'b'];

const list = (ground: SpecGround, query = ''): Promise<Answer> => send('GET', `${ground.repository}/tags/list${query}`);

async function tagged(ground: SpecGround): Promise<readonly string[]> {
  const made = await ground.artifact();
  for (const tag of TAGS) await ground.pushed(made, tag);
  return (await list(ground)).json().tags;
}

/** What Link says is next, as a path or a URL: RFC 8288 with rel="next". */
function nextOf(answer: Answer, base: string): URL | undefined {
  const link = answer.headers.get('link');
  if (link === null) return undefined;
  const target = /^<([^>]+)>\s*;\s*rel="?next"?/.exec(link)?.[1];
  return new URL(target ?? assert.fail(`no next in ${link}`), base);
}

export const LIST_TAGS = new Section('Listing Tags')
  .must('lists every tag, with the name of the repository', async (ground) => {
    assert.deepEqual((await tagged(ground)).toSorted(), TAGS.toSorted());
    assert.equal((await list(ground)).json().name, ground.name);
  })
  .must('lists them in lexical or ASCII order', async (ground) => {
    const tags = await tagged(ground);
    const lexical = tags.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    assert.ok([ASCII.join(), lexical.join()].includes(tags.join()), tags.join());
  })
  .must('lists n at most, from the first', async (ground) => {
    const tags = await tagged(ground);
    assert.deepEqual((await list(ground, '?n=3')).json().tags, tags.slice(0, 3));
  })
  .must('lists nothing with n=0, without a Link', async (ground) => {
    await tagged(ground);
    const answer = await list(ground, '?n=0');
    assert.equal(answer.status, 200, answer.text());
    assert.deepEqual(answer.json().tags ?? [], []);
    assert.equal(answer.headers.get('link'), null);
  })
  .must('lists what comes after last, without it', async (ground) => {
    const tags = await tagged(ground);
    assert.deepEqual((await list(ground, `?last=${tags[2]}`)).json().tags, tags.slice(3));
  })
  .must('lists n after last', async (ground) => {
    const tags = await tagged(ground);
    assert.deepEqual((await list(ground, `?n=2&last=${tags[2]}`)).json().tags, tags.slice(3, 5));
  })
  .must('gives every tag once to one who follows Link, or last where there is none', async (ground) => {
    const tags = await tagged(ground);
    const seen: string[] = [];
    let url: URL | undefined = new URL(`${ground.repository}/tags/list?n=3`);
    for (let pages = 0; url !== undefined && pages < 10; pages++) {
      const page = await send('GET', url);
      assert.equal(page.status, 200, page.text());
      const found: string[] = page.json().tags ?? [];
      seen.push(...found);
      url = nextOf(page, ground.registry) ?? afterLast(ground, found);
    }
    assert.deepEqual(seen, tags);
  })
  .must('answers 404 where nothing was pushed, or lists nothing', async (ground) => {
    const answer = await list(ground);
    if (answer.status === 404) return;
    assert.equal(answer.status, 200);
    const { name, tags } = answer.json();
    assert.deepEqual([name, tags ?? []], [ground.name, []]);
  }).checks;

function afterLast(ground: SpecGround, found: readonly string[]): URL | undefined {
  return found.length < 3 ? undefined : new URL(`${ground.repository}/tags/list?n=3&last=${found.at(-1)}`);
}
